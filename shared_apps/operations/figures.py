"""What the platform knows of regions and areas without opening a region's schema: rows that regions push, and sums of them.

Figures are kept by kecamatan, for that is what targets and supervisors ask for: a region of a whole city tells them for each of
its kecamatan. Money is whole rupiah. `None` is "nobody told", which is not zero.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models import Region

__all__ = ["AreaDay", "AreaTarget", "DistrictDay", "DistrictFigures", "RegionRollup", "Target"]


class RegionRollup(models.Model):
    """One region as it last told of itself, and what apps of the platform note about it (plan, backup, proof)."""

    region = models.OneToOneField(Region, primary_key=True, on_delete=models.CASCADE, related_name="rollup")
    measured_at = models.DateTimeField(null=True)
    # When all of its days were measured anew, and what is dear to measure.
    thorough_at = models.DateTimeField(null=True)
    # The smallest official area around all its kecamatan, and whether it covers that area wholly.
    area_code = models.CharField(max_length=13, blank=True)
    area_whole = models.BooleanField(default=False)
    warungs = models.BigIntegerField(null=True)
    trainees = models.BigIntegerField(null=True)
    orders_30d = models.BigIntegerField(null=True)
    gmv_30d = models.BigIntegerField(null=True)
    last_order_at = models.DateTimeField(null=True)
    members = models.BigIntegerField(null=True)
    savings = models.BigIntegerField(null=True)
    errors_24h = models.BigIntegerField(null=True)
    queue_depth = models.BigIntegerField(null=True)
    storage_bytes = models.BigIntegerField(null=True)
    plan = models.CharField(max_length=60, blank=True)
    billing_state = models.CharField(max_length=20, blank=True)
    backup_at = models.DateTimeField(null=True)
    restore_proof_at = models.DateTimeField(null=True)
    restore_proof_passed = models.BooleanField(null=True)

    def __str__(self) -> str:
        return str(self.region)


class DistrictFigures(models.Model):
    """What a region told of one kecamatan, as of its last push."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="district_figures")
    code = models.CharField(max_length=8)
    warungs = models.BigIntegerField(null=True)
    trainees = models.BigIntegerField(null=True)
    orders_30d = models.BigIntegerField(default=0)
    gmv_30d = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["region", "code"], name="district_figures_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # An area is all codes that begin with its own, in any collation.
            models.Index(fields=["code"], opclasses=["varchar_pattern_ops"], name="district_figures_in_area"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.region}"


class DistrictDay(models.Model):
    """One day of a kecamatan in a region, in the region's own zone. Kept for `summing.DISTRICT_DAYS`."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="district_days", db_index=False)
    code = models.CharField(max_length=8)
    day = models.DateField()
    warungs = models.BigIntegerField(null=True)
    trainees = models.BigIntegerField(null=True)
    orders = models.BigIntegerField(default=0)
    gmv = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["region", "code", "day"], name="district_day_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # A kecamatan's chart.
            models.Index(fields=["code", "day"], name="district_day_of_code"),
            # The newest days of the whole country, to be summed up.
            models.Index(fields=["day"], name="district_day_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.day}"


class AreaDay(models.Model):
    """One day of a regency, a province, or (code "") the whole country, so that no chart adds up thousands of kecamatan."""

    code = models.CharField(max_length=5, blank=True)
    day = models.DateField()
    warungs = models.BigIntegerField(null=True)
    trainees = models.BigIntegerField(null=True)
    orders = models.BigIntegerField(default=0)
    gmv = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code", "day"], name="area_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code or 'ID'} {self.day}"


class Target(models.TextChoices):
    """What a target counts."""

    WARUNGS = "warungs", _("Open warungs")
    TRAINEES = "trainees", _("Trainees a year")


class AreaTarget(models.Model):
    """From `valid_from` on, so many are wanted in this area. The newest one that is valid counts."""

    area_code = models.CharField(max_length=13)
    measure = models.CharField(max_length=10, choices=Target)
    amount = models.PositiveIntegerField()
    valid_from = models.DateField()
    # Who set it, in which decision: a target without that is a wish.
    source = models.CharField(max_length=240)
    by = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["area_code", "measure", "valid_from"], name="area_target_once"),
            models.CheckConstraint(condition=models.Q(measure__in=Target.values), name="area_target_measure_known"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="area_target_wants_something"),
        ]

    def __str__(self) -> str:
        return f"{self.area_code}: {self.amount} {self.measure}"
