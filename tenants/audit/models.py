"""Who did what, and why: on the platform, and in each region of its own. The database chains the rows and refuses to change them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """One deed. The number, the moment and the digests are the database's: numbers follow each other without a gap.

    `digest` is SHA-256 over the row before and everything here but `reason`, whose own digest it covers: so a person's name
    can be taken out of a reason when they are forgotten, and the chain holds. `details` hold ids and numbers, never people.
    """

    id = models.BigIntegerField(primary_key=True, db_default=0)
    at = models.DateTimeField(_("when"), db_default=Now())
    # "user:<uuid>", "operator:<uuid>", "system:<what>"
    actor = models.CharField(_("who"), max_length=80)
    action = models.CharField(_("what"), max_length=60)
    # "<kind>:<id>", or an address.
    target = models.CharField(_("of what"), max_length=160, blank=True)
    # On the platform: the public id of the region that it concerns.
    region = models.UUIDField(null=True, blank=True)
    reason = models.CharField(_("why"), max_length=400, blank=True)
    details = models.JSONField(default=dict)
    request = models.CharField(max_length=40, blank=True)
    reason_digest = models.CharField(max_length=64, db_default="")
    previous = models.CharField(max_length=64, db_default="")
    digest = models.CharField(max_length=64, db_default="")

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="audit_of_actor", fields=["actor", "-id"]),
            models.Index(name="audit_of_action", fields=["action", "-id"]),
            models.Index(name="audit_of_target", fields=["target", "-id"]),
            models.Index(name="audit_of_region", fields=["region", "-id"], condition=models.Q(region__isnull=False)),
            models.Index(name="audit_at", fields=["at"]),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.action}"


class AuditHead(models.Model):
    """Where the chain ends. One row, kept by the trigger."""

    id = models.SmallIntegerField(primary_key=True, db_default=1)
    last = models.BigIntegerField(db_default=0)
    digest = models.CharField(max_length=64, db_default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="audit_one_head", condition=models.Q(pk=1))
        ]

    def __str__(self) -> str:
        return str(self.last)
