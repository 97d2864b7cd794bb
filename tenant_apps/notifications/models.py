"""What people are told inside the app."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """One piece of news for one person, in the words of their language at that moment."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The index of a person's news, newest first, stands in Meta.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices", db_index=False)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    # A page of this site that shows more; empty: there is none.
    path = models.CharField(max_length=300, blank=True)
    # The outbox carries out at least once; the same event is told once.
    dedupe = models.CharField(max_length=200, unique=True, editable=False)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="notice_of_user", fields=["user", "-created_at"]),
            # The number beside the bell is counted on every page.
            models.Index(name="notice_unread", fields=["user"], condition=Q(read_at__isnull=True)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Nobody is led off the site by a notice.
            models.CheckConstraint(name="notice_path_is_ours", condition=Q(path="") | Q(path__regex=r"^/([^/\\]|$)")),
        ]

    def __str__(self) -> str:
        return self.subject
