"""What warungs saved with a cycle against buying alone, as it was last reckoned (`insight.reckoning`). All money in rupiah."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tenant_apps.procurement.models.cycles import Cycle, CycleGood, CycleOrder


class CycleSaving(models.Model):
    """When a cycle was reckoned, and whether by what was handed over (final) or by what is planned."""

    cycle = models.OneToOneField(Cycle, on_delete=models.CASCADE, related_name="saving")
    final = models.BooleanField()
    reckoned_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return str(self.cycle)


class OrderSaving(models.Model):
    """A warung's part. `unknown` is what it paid for goods that nothing can be compared with; it stands in both sums."""

    order = models.OneToOneField(CycleOrder, on_delete=models.CASCADE, related_name="saving")
    saving = models.ForeignKey(CycleSaving, on_delete=models.CASCADE, related_name="orders")
    paid = models.BigIntegerField()
    alone = models.BigIntegerField()
    unknown = models.BigIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="order_saving_money",
                condition=Q(unknown__gte=0, paid__gte=F("unknown"), alone__gte=F("unknown")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.saved)

    @property
    def saved(self) -> int:
        """Below zero where buying alone would have been cheaper."""
        return self.alone - self.paid

    @property
    def costs_more(self) -> int:
        return max(-self.saved, 0)


class GoodSaving(models.Model):
    """A good's part, of all warungs together."""

    good = models.OneToOneField(CycleGood, on_delete=models.CASCADE, related_name="saving")
    saving = models.ForeignKey(CycleSaving, on_delete=models.CASCADE, related_name="goods")
    units = models.BigIntegerField()
    paid = models.BigIntegerField()
    alone = models.BigIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="good_saving_money", condition=Q(paid__gte=0, alone__gte=0, units__gt=0)),
        ]

    def __str__(self) -> str:
        return str(self.alone - self.paid)
