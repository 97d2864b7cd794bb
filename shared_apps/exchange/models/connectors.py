"""How orders reach a supplier, and what its own programme sends back. The platform's alone: no region and no supplier's role reads it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shared_apps.supplier_catalog.models import SupplierOrganisation
from tenants.kernel import clock


class ConnectorKind(models.TextChoices):
    PORTAL = "portal", _("in the portal, with a mail that leads there")
    EMAIL = "email", _("by mail, with a link that needs no password")
    HTTP = "http", _("from programme to programme")


def new_salt() -> str:
    return secrets.token_hex(16)


class Connector(models.Model):
    """A supplier without one works in the portal. The secret is made of `salt` and the installation's own key, so no copy of the
    database holds it; another salt makes another secret, and ends the links that were mailed.
    """

    organisation = models.OneToOneField(SupplierOrganisation, on_delete=models.PROTECT, related_name="connector")
    kind = models.CharField(_("orders come"), max_length=8, choices=ConnectorKind.choices, default=ConnectorKind.PORTAL)
    url = models.CharField(_("address"), max_length=400, blank=True)
    salt = models.CharField(max_length=32, default=new_salt, editable=False)
    is_active = models.BooleanField(_("is used"), default=True)
    # When something last arrived there, and what went wrong since.
    reached_at = models.DateTimeField(null=True, editable=False)
    failure = models.CharField(max_length=240, blank=True, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    by = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("connector")
        verbose_name_plural = _("connectors")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="connector_kind_known", condition=Q(kind__in=ConnectorKind.values)),
            models.CheckConstraint(name="connector_has_address", condition=~Q(kind="http", url="")),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.kind}"

    @property
    def secret(self) -> str:
        """What both programmes sign with."""
        text = f"warsa.connector:{self.organisation_id}:{self.salt}".encode()
        return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()


class EventState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    APPLIED = "applied", _("applied")
    REFUSED = "refused", _("refused")


class ConnectorEvent(models.Model):
    """What a supplier's programme sent, as it came, and what was answered. Applied once."""

    organisation = models.ForeignKey(SupplierOrganisation, on_delete=models.PROTECT, related_name="connector_events")
    # The supplier's own name for it.
    event_id = models.CharField(max_length=80)
    number = models.CharField(max_length=6)
    body = models.TextField()
    state = models.CharField(max_length=8, choices=EventState.choices, default=EventState.WAITING)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)
    at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            # What came too early.
            models.Index(name="connector_event_waits", fields=["organisation", "number"], condition=Q(state="waiting")),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="connector_event_once", fields=["organisation", "event_id"]),
            models.CheckConstraint(name="connector_event_state_known", condition=Q(state__in=EventState.values)),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.event_id}"
