"""Keys of programs that act for a person, and what their requests were answered."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.kernel import clock


class ApiToken(models.Model):
    """A program may act for this person, within the scopes. The key itself is shown once; only its hash is kept."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    scopes = ArrayField(models.CharField(max_length=20), verbose_name=_("what it may do"))
    # By this its owner knows it again, in a list and in the key itself.
    prefix = models.CharField(max_length=8)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(_("ends"))
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("key for programs")
        verbose_name_plural = _("keys for programs")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A key that may do nothing is a mistake, not a key.
            models.CheckConstraint(name="api_token_may_something", condition=Q(scopes__len__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def is_good(self, at: datetime) -> bool:
        """Whether it opens anything at this moment."""
        return self.revoked_at is None and self.expires_at > at

    @property
    def is_open(self) -> bool:
        return self.is_good(clock.now())


class IdempotencyRecord(models.Model):
    """What a request was answered, written together with its effect: the same key finds the answer again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)
    # SHA-256 over method, address and body: another request under the same key is a mistake of the caller.
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    # JSON as it was sent.
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="api_answer_once", fields=["user", "key"]),
            # A refusal changed nothing, so it is not remembered.
            models.CheckConstraint(name="api_answer_is_good", condition=Q(status__gte=200, status__lt=300)),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # What is old enough to be swept.
            models.Index(name="api_answer_age", fields=["created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"
