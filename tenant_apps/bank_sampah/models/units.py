"""Where waste is weighed in and kept."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenants.kernel import clock


class UnitKind(models.TextChoices):
    """Permen LHK 14/2021: bank sampah induk and bank sampah unit."""

    CENTRE = "centre", _("central unit")
    UNIT = "unit", pgettext_lazy("waste bank", "unit")


class WasteUnit(models.Model):
    """The centre or a unit. One of a warung is run by the warung's people, any other by the Satker's."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=6, choices=UnitKind.choices, default=UnitKind.UNIT)
    name = models.CharField(_("name"), max_length=120, unique=True)
    warung = models.OneToOneField(
        "warungs.Warung", null=True, blank=True, on_delete=models.PROTECT, related_name="waste_unit"
    )
    village_code = models.CharField(_("kelurahan"), max_length=13, blank=True)
    rw = models.PositiveSmallIntegerField(_("RW"), null=True, blank=True)
    rt = models.PositiveSmallIntegerField(_("RT"), null=True, blank=True)
    address = models.CharField(_("street and number"), max_length=240, blank=True)
    hours = models.CharField(_("when it is open"), max_length=120, blank=True)
    is_open = models.BooleanField(_("takes waste"), default=True)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("unit of the waste bank")
        verbose_name_plural = _("units of the waste bank")
        ordering: ClassVar[list[str]] = ["kind", "name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="waste_unit_kind_known", condition=Q(kind__in=UnitKind.values)),
            models.UniqueConstraint(name="waste_one_centre", fields=["kind"], condition=Q(kind=UnitKind.CENTRE)),
            models.CheckConstraint(
                name="waste_centre_is_satkers", condition=Q(kind=UnitKind.UNIT) | Q(warung__isnull=True)
            ),
            models.CheckConstraint(name="waste_unit_rt_has_rw", condition=Q(rt__isnull=True) | Q(rw__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name
