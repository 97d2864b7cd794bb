"""Who runs the platform."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from shared_apps.operations.figures import AreaDay as AreaDay
from shared_apps.operations.figures import AreaTarget as AreaTarget
from shared_apps.operations.figures import DistrictDay as DistrictDay
from shared_apps.operations.figures import DistrictFigures as DistrictFigures
from shared_apps.operations.figures import RegionRollup as RegionRollup
from shared_apps.operations.figures import Target as Target
from shared_apps.operations.people import SavedView as SavedView
from shared_apps.operations.people import SupervisorGrant as SupervisorGrant
from shared_apps.operations.people import SupervisorInvitation as SupervisorInvitation
from tenants.models import Region


class OperatorGrant(models.Model):
    """A platform account that may open the operators' console."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="operator_grant")
    granted_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.user)


class RegionCounter(models.Model):
    """A number that a region measured of itself. The console reads these rows and opens no region's schema."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="counters")
    name = models.CharField(max_length=60)
    value = models.BigIntegerField()
    measured_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["region", "name"], name="counter_once_per_region")]

    def __str__(self) -> str:
        return f"{self.region}: {self.name} {self.value}"
