"""Who runs the platform, by which second factor they sign in, and what regions told of themselves."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shared_apps.operations.figures import AreaDay as AreaDay
from shared_apps.operations.figures import AreaTarget as AreaTarget
from shared_apps.operations.figures import DistrictDay as DistrictDay
from shared_apps.operations.figures import DistrictFigures as DistrictFigures
from shared_apps.operations.figures import RegionRollup as RegionRollup
from shared_apps.operations.figures import Target as Target
from shared_apps.operations.supervisors import SavedView as SavedView
from shared_apps.operations.supervisors import SupervisorGrant as SupervisorGrant
from shared_apps.operations.supervisors import SupervisorInvitation as SupervisorInvitation
from tenants.models import Region
from tenants.personal.fields import HoldsSealed, SealedField


class OperatorRole(models.TextChoices):
    """What an operator may do; each may what those before it may."""

    READER = "reader", pgettext_lazy("operator", "reader")
    SUPPORT = "support", pgettext_lazy("operator", "support")
    OPERATOR = "operator", pgettext_lazy("operator", "operator")
    OWNER = "owner", pgettext_lazy("operator", "owner")

    @property
    def rank(self) -> int:
        return OperatorRole.values.index(self.value)

    def covers(self, other: OperatorRole) -> bool:
        """Whether whoever has this role may what that one may."""
        return self.rank >= other.rank


class OperatorGrant(models.Model):
    """A platform account that may open the operators' console."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="operator_grant")
    role = models.CharField(
        _("role"), max_length=8, choices=OperatorRole, default=OperatorRole.READER, db_default=OperatorRole.READER
    )
    granted_at = models.DateTimeField(auto_now_add=True)
    granted_by = models.CharField(max_length=80, blank=True, db_default="")
    # Wrong codes since the last right one, and until when no code is looked at.
    wrong_codes = models.PositiveSmallIntegerField(default=0, db_default=0)
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="operator_role_known", condition=models.Q(role__in=OperatorRole.values)),
        ]

    def __str__(self) -> str:
        return str(self.user)


class AuthenticatorApp(HoldsSealed, models.Model):
    """The app on an operator's phone that shows a code each half minute (TOTP, RFC 6238)."""

    grant = models.OneToOneField(OperatorGrant, on_delete=models.CASCADE, related_name="app")
    secret = SealedField()
    # The step of the newest code that was taken: none is taken twice.
    last_step = models.BigIntegerField(default=0)
    added_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.grant)


class OperatorPasskey(models.Model):
    """A device that an operator unlocks in place of a code."""

    grant = models.ForeignKey(OperatorGrant, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=60)
    credential_id = models.CharField(max_length=1400, unique=True)
    credential = models.BinaryField()
    count = models.BigIntegerField(default=0)
    added_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class RecoveryCode(models.Model):
    """A code on paper that opens the door once, when phone and device are lost."""

    grant = models.ForeignKey(OperatorGrant, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="recovery_code_once", fields=["grant", "digest"]),
        ]

    def __str__(self) -> str:
        return str(self.grant)


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
