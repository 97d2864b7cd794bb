"""What is to leave the house: written in the transaction that decided it, delivered after."""

from __future__ import annotations

from django.db import models


class OutboxMessage(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        GIVEN_UP = "given_up"

    kind = models.CharField(max_length=40)
    payload = models.JSONField()
    # The sender's name for the event: the same event is put in once, however often its service runs.
    dedupe = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(auto_now_add=False)
    created_at = models.DateTimeField(auto_now_add=True)
    delivered_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [
            # The sweeper's only question.
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="outbox_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.dedupe}"
