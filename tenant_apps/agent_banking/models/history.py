"""What the history rows of this app's documents have in common."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tenants.kernel import clock


class Event(models.Model):
    """One step of a document. The database refuses to change or delete it."""

    move = models.CharField(max_length=20)
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
