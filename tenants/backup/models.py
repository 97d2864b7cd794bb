"""What backup keeps in public: who we are, and which schemas stand beside the regions' own."""

from __future__ import annotations

import uuid

from django.db import models

from tenants.models import Region
from tenants.registry import SCHEMA_NAME


class Installation(models.Model):
    """This installation's name for itself, made on first use. An archive says which one it comes from."""

    only = models.BooleanField(primary_key=True, default=True, editable=False)
    public_id = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="installation_only_one")]

    def __str__(self) -> str:
        return str(self.public_id)


class SideSchema(models.Model):
    """A schema that no host leads to: a restored state of a region, the state it had before a swap, or a region being imported.

    The row is written before the schema and outlives it, so that a killed process leaves nothing unknown.
    """

    class State(models.TextChoices):
        BUILDING = "building"
        RESTORED = "restored"
        # What the region's own schema was before a swap.
        ASIDE = "aside"

    schema_name = models.CharField(max_length=42, unique=True)
    # None for an import: its region is entered in the registry at the very end.
    region = models.OneToOneField(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="side_schema")
    state = models.CharField(max_length=8, choices=State, default=State.BUILDING)
    schema_version = models.CharField(max_length=64, blank=True)
    archive_id = models.UUIDField()
    archive_made_at = models.DateTimeField()
    made_at = models.DateTimeField(auto_now_add=True)
    # The region's status while a swap keeps it shut; empty at other times.
    status_before = models.CharField(max_length=12, blank=True)
    # The mark in the folder that belongs under the region's own name, while folders follow a swap; empty at other times.
    files_mark = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["building", "restored", "aside"]), name="side_schema_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(schema_name__regex=rf"^{SCHEMA_NAME.pattern}$"), name="side_schema_is_generated"
            ),
        ]

    def __str__(self) -> str:
        return self.schema_name
