"""Who looked at whose data, what people agreed to, and who was forgotten. `subject`: the public id of a user or of a member."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenants.personal.fields import SealedField


class Seen(models.TextChoices):
    """What somebody looked at."""

    RECORD = "record", _("the member's page")
    PHONE = "phone", _("the telephone number")
    NIK = "nik", _("the NIK")
    BOOK = "book", _("the savings book")
    SLIP = "slip", _("a slip")
    PAYOUT = "payout", _("a payout")
    CARD = "card", _("the card")
    COPY = "copy", _("a copy of all data")


class RecordAccess(models.Model):
    """Somebody looked at a person's record: one row for each who, what and day. The database refuses to change it."""

    subject = models.UUIDField()
    what = models.CharField(_("what"), max_length=8, choices=Seen.choices)
    by = models.CharField(max_length=80)
    # As which: the roles of that moment, for the owner of the data to read.
    roles = models.CharField(max_length=80, blank=True)
    day = models.DateField(_("day"))
    at = models.DateTimeField(_("first time"))

    class Meta:
        verbose_name = _("look at a record")
        verbose_name_plural = _("looks at records")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="look_once_a_day", fields=["subject", "day", "by", "what"]),
            models.CheckConstraint(name="look_known", condition=Q(what__in=Seen.values)),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(name="look_age", fields=["at"])]

    def __str__(self) -> str:
        return f"{self.day}: {self.what}"


class ConsentEvent(models.Model):
    """Somebody agreed to the words of a version, or took it back. The database refuses to change or delete it."""

    subject = models.UUIDField()
    purpose = models.CharField(_("what for"), max_length=20)
    version = models.CharField(_("version"), max_length=20)
    given = models.BooleanField(_("agreed"))
    by = models.CharField(max_length=80)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(name="consent_of", fields=["subject", "purpose", "-id"])]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"


class ErasureState(models.TextChoices):
    ASKED = "asked", _("being carried out")
    DONE = "done", pgettext_lazy("erasure", "done")


class Erasure(models.Model):
    """A person is forgotten. What it takes to find their traces is sealed, and gone at the end; what was changed is counted."""

    number = models.CharField(_("number"), max_length=6, unique=True)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # By public ids, for nothing of them is left but rows of bookkeeping: {"identity.User": ["…"], …}.
    rows = models.JSONField(default=dict)
    state = models.CharField(
        _("state"), max_length=5, choices=ErasureState.choices, default=ErasureState.ASKED, editable=False
    )
    needles = SealedField(blank=True, default="")
    reason = models.CharField(_("reason"), max_length=240, blank=True)
    by = models.CharField(max_length=80)
    asked_at = models.DateTimeField(_("asked"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    # Rows by table, and what somebody has to look at: rows that could not be changed, or what is open again.
    changed = models.JSONField(default=dict)
    refused = models.JSONField(default=list)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="erasure_waiting", fields=["id"], condition=Q(state="asked")),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="erasure_state_known", condition=Q(state__in=ErasureState.values)),
            # Done is done: nothing is left to look for them by.
            models.CheckConstraint(
                name="erasure_done_knows_nothing",
                condition=Q(state="asked", done_at__isnull=True) | Q(state="done", done_at__isnull=False, needles=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number
