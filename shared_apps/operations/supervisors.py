"""Who looks at the figures: operators with views of their own, supervisors (pembina) inside their areas."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

__all__ = ["SavedView", "SupervisorGrant", "SupervisorInvitation"]


class SavedView(models.Model):
    """A filter and an order of the regions' table that an operator gave a name."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=400)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "name"], name="saved_view_once"),
        ]

    def __str__(self) -> str:
        return self.name


class SupervisorGrant(models.Model):
    """A platform account that may look at all figures of one official area and of those below it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="supervisor_grants")
    area_code = models.CharField(max_length=13)
    granted_by = models.CharField(max_length=80)
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["area_code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "area_code"], name="supervisor_grant_once"),
            # No grant for everything by an empty text.
            models.CheckConstraint(condition=~Q(area_code=""), name="supervisor_grant_has_area"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.area_code}"


class SupervisorInvitation(models.Model):
    """A mailed link by which somebody becomes supervisor of an area, once."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField()
    name = models.CharField(max_length=120)
    area_code = models.CharField(max_length=13)
    by = models.CharField(max_length=80)
    # SHA-256 of the link's secret; the secret itself stands in the mail alone.
    token_hash = models.CharField(max_length=64, unique=True)
    ends_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["email", "area_code"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="supervisor_invited_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.area_code}"
