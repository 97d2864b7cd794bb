"""The token by which each region is known in answers, the probe's runs, and what they found. All in public."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from tenants.kernel import clock
from tenants.models import Region


def new_token() -> str:
    """What leak_probe.services.looking.TOKEN finds again."""
    return f"wzp-{secrets.token_hex(16)}"


class ProbeToken(models.Model):
    """What a region shows to each visitor and no other region may show. It says nothing and opens nothing.

    Row-level security shows a region its own row. There is no manager that would filter as well: it would hide a leak.
    """

    region = models.OneToOneField(Region, on_delete=models.CASCADE, related_name="probe_token")
    token = models.CharField(max_length=36, unique=True, default=new_token)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="probe_token_is_generated",
                condition=Q(token__regex=r"^wzp-[0-9a-f]{32}$"),  # noqa: S106
            ),
        ]

    def __str__(self) -> str:
        return self.token


class ProbeRun(models.Model):
    """One minute's run over the next regions in their order."""

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("probe", "under way")
        ENDED = "ended", pgettext_lazy("probe", "ended")
        # Its process was killed.
        CUT_OFF = "cut_off", pgettext_lazy("probe", "cut off")

    state = models.CharField(max_length=7, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    # A round is over when every open region was asked; its last run ends it.
    round = models.PositiveIntegerField(default=1)
    ends_round = models.BooleanField(default=False)
    # The id of the last region up to which all were asked in this round.
    cursor = models.BigIntegerField(default=0)
    regions = models.PositiveIntegerField(default=0)
    answers = models.PositiveIntegerField(default=0)
    # Answers of a region that is busy or shut.
    skipped = models.PositiveIntegerField(default=0)
    # Tokens of the asked region itself, which show that the probe sees.
    own_seen = models.PositiveIntegerField(default=0)
    findings_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="probe_one_at_a_time", fields=["state"], condition=Q(state="running")),
            models.CheckConstraint(
                name="probe_ended_has_a_time",
                condition=Q(state="running", ended_at__isnull=True)
                | Q(state__in=["ended", "cut_off"], ended_at__isnull=False),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="probe_by_start", fields=["started_at"]),
            models.Index(name="probe_by_round", fields=["round"]),
        ]

    def __str__(self) -> str:
        return f"{self.started_at}: {self.state}"


class ProbeFinding(models.Model):
    """One thing that was found, however often. It goes with the last run that found it."""

    class Kind(models.TextChoices):
        LEAK = "leak", pgettext_lazy("probe", "another region's token")
        BLIND = "blind", pgettext_lazy("probe", "its own token is missing")
        UNREACHABLE = "unreachable", pgettext_lazy("probe", "no answer")

    class Where(models.TextChoices):
        HEADER = "header", pgettext_lazy("probe", "in a header")
        BODY = "body", pgettext_lazy("probe", "in the page")

    run = models.ForeignKey(ProbeRun, on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=11, choices=Kind)
    asked = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="probe_findings")
    # Whose token it was; none where it is nobody's, or where none was found.
    owner = models.ForeignKey(
        Region, on_delete=models.CASCADE, null=True, blank=True, related_name="probe_tokens_found"
    )
    path = models.CharField(max_length=60)
    where = models.CharField(max_length=6, choices=Where, default=Where.BODY)
    # The status of the answer or the kind of the failure, the last time.
    answer = models.CharField(max_length=40, blank=True)
    first_at = models.DateTimeField(default=clock.now)
    last_at = models.DateTimeField(default=clock.now)
    count = models.PositiveIntegerField(default=1)
    # The region answered as it should after that; a leak is never well by itself.
    well_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-last_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="probe_finding_once",
                fields=["kind", "asked", "owner", "path", "where"],
                nulls_distinct=False,
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(name="probe_found_last", fields=["-last_at"])]

    def __str__(self) -> str:
        return f"{self.asked_id}: {self.kind} {self.path}"
