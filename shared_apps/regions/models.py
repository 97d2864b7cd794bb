"""Official areas of Indonesia: province, regency, district, village.

The codes are those of Kementerian Dalam Negeri. The rows come from one published source (`AreaSource`) and change
only through a reviewed update; what an update did stays readable in `AreaChange`.
"""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """How deep an area lies. The order here is from the largest to the smallest."""

    PROVINCE = "province", _("Province")
    REGENCY = "regency", _("Regency or city")
    DISTRICT = "district", _("District")
    VILLAGE = "village", _("Village")

    @property
    def depth(self) -> int:
        """1 for a province … 4 for a village."""
        return list(Level).index(self) + 1


class Area(models.Model):
    """One official area. It is retired when the source drops it and is never deleted."""

    code = models.CharField(_("code"), primary_key=True, max_length=13)
    level = models.CharField(_("level"), max_length=8, choices=Level.choices)
    name = models.CharField(_("name"), max_length=100)
    source_name = models.CharField(_("name in the source"), max_length=100)
    # The word people put before the name: Kota, Kabupaten, Kecamatan, Distrik, Kelurahan, Desa.
    kind = models.CharField(_("kind"), max_length=16, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    postal_code = models.CharField(_("postal code"), max_length=5, blank=True)
    # The own name in lower case without spaces and kind: "Kota Palembang" is "palembang", so that
    # "bukit sangkal" and "Bukitsangkal" meet. See search.py.
    search_text = models.CharField(max_length=100, editable=False)
    # The words of the areas around it, nearest first: "kalidoni palembang sumatera selatan".
    search_context = models.CharField(max_length=300, editable=False, blank=True)
    retired_on = models.DateField(_("retired on"), null=True, blank=True)

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering: ClassVar[list[str]] = ["code"]
        indexes: ClassVar[list[models.Index]] = [
            # Finds names with typing errors; retired areas are not offered.
            GinIndex(
                name="regions_area_search",
                fields=["search_text"],
                opclasses=["gin_trgm_ops"],
                condition=Q(retired_on__isnull=True),
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A code whose depth differs from the level would make coverage by prefix wrong.
            models.CheckConstraint(
                name="regions_area_code_fits_level",
                condition=Q(level=Level.PROVINCE, code__regex=r"^\d{2}$")
                | Q(level=Level.REGENCY, code__regex=r"^\d{2}\.\d{2}$")
                | Q(level=Level.DISTRICT, code__regex=r"^\d{2}\.\d{2}\.\d{2}$")
                | Q(level=Level.VILLAGE, code__regex=r"^\d{2}\.\d{2}\.\d{2}\.\d{4}$"),
            ),
            # Only provinces stand alone; every other code begins with its parent's.
            models.CheckConstraint(
                name="regions_area_parent_is_prefix",
                condition=Q(level=Level.PROVINCE, parent__isnull=True)
                | Q(~Q(level=Level.PROVINCE), parent__isnull=False, code__startswith=F("parent")),
            ),
            models.CheckConstraint(
                name="regions_area_postal_code",
                condition=Q(postal_code="") | Q(postal_code__regex=r"^\d{5}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AreaSource(models.Model):
    """One state of the official areas that was loaded here. The newest row is the present one."""

    package = models.CharField(_("package"), max_length=50)
    version = models.CharField(_("version"), max_length=30)
    licence = models.CharField(_("licence"), max_length=200)
    loaded_at = models.DateTimeField(_("loaded at"), auto_now_add=True)
    provinces = models.PositiveIntegerField(_("provinces"))
    regencies = models.PositiveIntegerField(_("regencies and cities"))
    districts = models.PositiveIntegerField(_("districts"))
    villages = models.PositiveIntegerField(_("villages"))
    # SHA-256 over all rows as they are shown here, our corrections included.
    checksum = models.CharField(_("checksum"), max_length=64)

    class Meta:
        verbose_name = _("source of areas")
        verbose_name_plural = _("sources of areas")
        ordering: ClassVar[list[str]] = ["-pk"]
        get_latest_by = "pk"

    def __str__(self) -> str:
        return f"{self.package} {self.version}"

    @property
    def counts(self) -> dict[str, int]:
        """Areas in force, by level."""
        return {
            Level.PROVINCE.value: self.provinces,
            Level.REGENCY.value: self.regencies,
            Level.DISTRICT.value: self.districts,
            Level.VILLAGE.value: self.villages,
        }


class ChangeKind(models.TextChoices):
    """What an update did to an area."""

    RENAMED = "renamed", _("renamed")
    SPLIT = "split", _("split")
    MERGED = "merged", _("merged")
    MOVED = "moved", _("moved")
    NEW = "new", _("new")
    RETIRED = "retired", _("retired")


class AreaChange(models.Model):
    """What became of one area in one update. A split has one row for each area that came out of it."""

    kind = models.CharField(_("kind"), max_length=8, choices=ChangeKind.choices)
    # Codes, not foreign keys: the trace must read the same whatever later happens to the rows.
    old_code = models.CharField(_("old code"), max_length=13, blank=True)
    new_code = models.CharField(_("new code"), max_length=13, blank=True)
    old_name = models.CharField(_("old name"), max_length=100, blank=True)
    new_name = models.CharField(_("new name"), max_length=100, blank=True)
    source_version = models.CharField(_("source version"), max_length=30)
    changed_on = models.DateField(_("changed on"))
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("change of an area")
        verbose_name_plural = _("changes of areas")
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            # "What became of this code?" and "where does this code come from?"
            models.Index(name="regions_change_old", fields=["old_code"]),
            models.Index(name="regions_change_new", fields=["new_code"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A change that names no area says nothing.
            models.CheckConstraint(name="regions_change_names_an_area", condition=~Q(old_code="", new_code="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.old_code} → {self.new_code}"
