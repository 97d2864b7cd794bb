"""Which joint purchases a cycle takes part in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenant_apps.procurement.models.cycles import Cycle


class CyclePool(models.Model):
    """A cycle whose cartons of one supplier count in a joint purchase of the exchange, named by its public id."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="pools")
    pool = models.UUIDField(unique=True)
    number = models.CharField(_("number"), max_length=6)
    supplier = models.UUIDField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="cycle_pool_once_of_supplier", fields=["cycle", "supplier"]),
        ]

    def __str__(self) -> str:
        return self.number
