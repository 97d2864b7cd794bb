"""What operators say to some regions: a feature that is on there, a text that people read there.

The database alone decides whom a row reaches (`public.care_reaches`): a region's role sees the rows that reach it, no others.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenants.models import Region

__all__ = ["Announcement", "Dismissal", "Flag", "Kind"]


class Flag(models.Model):
    """A feature that is on for everybody, in some areas, in some regions, or in a share of all regions; off elsewhere."""

    name = models.SlugField(_("name"), max_length=60, unique=True)
    words = models.CharField(_("what it does"), max_length=240)
    everybody = models.BooleanField(_("on in all regions"), default=False)
    area_codes = ArrayField(models.CharField(max_length=13), default=list, blank=True)
    region_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    # The same regions at the same percent, and more of them at a higher one.
    percent = models.PositiveSmallIntegerField(
        _("share of all regions, in percent"), default=0, validators=[MaxValueValidator(100)]
    )
    changed_by = models.CharField(max_length=80)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="flag_percent_known", condition=Q(percent__range=(0, 100))),
        ]

    def __str__(self) -> str:
        return self.name


class Kind(models.TextChoices):
    NEWS = "news", pgettext_lazy("announcement", "news")
    UPKEEP = "upkeep", pgettext_lazy("announcement", "upkeep")
    DISRUPTION = "disruption", pgettext_lazy("announcement", "disruption")


class Announcement(models.Model):
    """A text that stands on the pages of some regions for a time. Without roles everybody reads it, visitors too."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.NEWS)
    text_id = models.CharField(_("text in Indonesian"), max_length=400)
    text_en = models.CharField(_("text in English"), max_length=400)
    everybody = models.BooleanField(_("in all regions"), default=False)
    area_codes = ArrayField(models.CharField(max_length=13), default=list, blank=True)
    roles = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    by = models.CharField(max_length=80)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="announcement_ends_later", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="announcement_kind_known", condition=Q(kind__in=Kind.values)),
        ]

    def __str__(self) -> str:
        return self.text_id


class Dismissal(models.Model):
    """Somebody in a region has read an announcement and wants to see it no more. The person is an id that only the region knows."""

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="dismissals")
    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="+")
    person = models.UUIDField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="dismissed_once", fields=["announcement", "region", "person"]),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(name="dismissed_by", fields=["region", "person"])]

    def __str__(self) -> str:
        return f"{self.announcement_id}: {self.person}"
