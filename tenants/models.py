"""The registry of regions: who they are, where they live, at which address they answer."""

from __future__ import annotations

import secrets
import uuid
from typing import Any, NoReturn

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from tenants.registry import SCHEMA_NAME


class RegionStatus(models.TextChoices):
    BUILDING = "building", _("being built")
    READY = "ready", _("open")
    FAILED = "failed", _("building failed")
    SUSPENDED = "suspended", _("suspended")
    CLOSED = "closed", _("closed")


class ReadOnlyBecause(models.TextChoices):
    """Why nothing may be changed in a region that is open to read. One of them is enough."""

    BILLING = "billing", _("its subscription is unpaid")
    OPERATOR = "operator", _("central operations decided so")


class TimeZone(models.TextChoices):
    WIB = "Asia/Jakarta", "WIB"
    WITA = "Asia/Makassar", "WITA"
    WIT = "Asia/Jayapura", "WIT"


def new_schema_name() -> str:
    """A name that says nothing about the region and was never anybody's text."""
    return f"t_{secrets.token_hex(8)}"


class Region(TenantMixin):
    """A tenant: one market with a schema of its own. Only a READY one answers requests and tasks."""

    auto_create_schema = False
    auto_drop_schema = False

    schema_name = models.CharField(
        max_length=42,
        unique=True,
        default=new_schema_name,
        editable=False,
        validators=[RegexValidator(rf"^{SCHEMA_NAME.pattern}\Z")],
    )
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=12, choices=RegionStatus, default=RegionStatus.BUILDING)
    # What `tenants.provisioning.current_version()` was when the schema was last migrated.
    schema_version = models.CharField(max_length=64, blank=True)
    database_alias = models.CharField(max_length=40, default="default")
    time_zone = models.CharField(max_length=40, choices=TimeZone, default=TimeZone.WIB)
    created_at = models.DateTimeField(auto_now_add=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    last_activity_at = models.DateTimeField(null=True, blank=True)
    # What visitors read while the region is shut; written by tenants.lifecycle.
    status_note = models.CharField(max_length=300, blank=True, default="", db_default="")
    # The day from which it is shut for good, while that is announced.
    closes_at = models.DateTimeField(null=True, blank=True)
    # Where it answers now, once it has gone to another installation.
    moved_to = models.URLField(blank=True, default="", db_default="")
    # Why it may only be read, and since when; empty for a region that works. See tenants.read_only.
    read_only_because = ArrayField(
        models.CharField(max_length=12, choices=ReadOnlyBecause), default=list, db_default=[], blank=True
    )
    read_only_since = models.DateTimeField(null=True, blank=True)
    # Percent of a web process's time that is its own while other regions come too; see tenants.fairness.
    share = models.SmallIntegerField(default=30, db_default=30)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(share__range=(1, 100)), name="region_share_is_percent"),
            models.CheckConstraint(
                condition=models.Q(schema_name__regex=rf"^{SCHEMA_NAME.pattern}$"), name="region_schema_is_generated"
            ),
            models.CheckConstraint(condition=models.Q(status__in=RegionStatus.values), name="region_status_known"),
            models.CheckConstraint(
                condition=models.Q(read_only_because=[], read_only_since__isnull=True)
                | (~models.Q(read_only_because=[]) & models.Q(read_only_since__isnull=False)),
                name="region_read_only_has_reason_and_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def __enter__(self) -> NoReturn:
        raise TypeError("`with region:` keeps its state in a shared list; use tenants.context.in_region(region)")

    def __exit__(self, *exc: Any) -> None:  # pragma: no cover - never entered
        raise TypeError("see __enter__")

    def activate(self) -> NoReturn:
        raise TypeError("use tenants.context.in_region(region)")


class Domain(DomainMixin):
    """An exact host at which a region answers. Written last when a region is built; never given to another region."""

    domain = models.CharField(max_length=253, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(domain=Lower("domain")), name="domain_is_lower_case"),
        ]


class ReleasedHost(models.Model):
    """A host at which a region answered and does not any more. The database gives it to no other region."""

    host = models.CharField(max_length=253, primary_key=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="released_hosts")
    released_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.host


class SlugClaim(models.Model):
    """A slug that someone holds. Once its region has been live the claim stays for ever, so no address is ever reused."""

    slug = models.CharField(max_length=30, primary_key=True)
    held_for = models.UUIDField(help_text="public id of the registration")
    region = models.OneToOneField(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="slug_claim")
    claimed_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.slug


class SchemaRelease(models.Model):
    """The SQL and the fingerprint of one version of the region schema; see tenants.schemas.release."""

    version = models.CharField(max_length=64, primary_key=True)
    script = models.JSONField()
    fingerprint = models.JSONField()
    captured_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.version


class PooledSchema(models.Model):
    """A blank schema that waits for a region; see tenants.schemas.pool."""

    class State(models.TextChoices):
        BUILDING = "building", _("being built")
        READY = "ready", _("waiting")
        CLAIMED = "claimed", _("taken")
        BURNED = "burned", _("to be dropped")

    schema_name = models.CharField(max_length=42, unique=True)
    version = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State, default=State.BUILDING)
    created_at = models.DateTimeField(auto_now_add=True)
    claimed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["building", "ready", "claimed", "burned"]), name="pooled_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(schema_name__regex=rf"^{SCHEMA_NAME.pattern}$"), name="pooled_schema_is_generated"
            ),
        ]
        indexes = [
            models.Index(fields=["version", "id"], condition=models.Q(state="ready"), name="pooled_ready"),
        ]

    def __str__(self) -> str:
        return self.schema_name
