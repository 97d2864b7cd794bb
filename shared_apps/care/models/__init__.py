"""What central operations keep to care for regions: alerts, proofs of restore, flags, announcements. All of it in public."""

from shared_apps.care.models.alerts import Alert as Alert
from shared_apps.care.models.alerts import AlertEvent as AlertEvent
from shared_apps.care.models.alerts import HouseCheck as HouseCheck
from shared_apps.care.models.drills import DrillNight as DrillNight
from shared_apps.care.models.drills import RestoreProof as RestoreProof
from shared_apps.care.models.reaching import Announcement as Announcement
from shared_apps.care.models.reaching import Dismissal as Dismissal
from shared_apps.care.models.reaching import Flag as Flag
