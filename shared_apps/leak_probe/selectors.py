"""What the probe has done and found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Min, QuerySet, Sum

from shared_apps.leak_probe.models import ProbeFinding, ProbeRun


@dataclass(frozen=True, slots=True)
class WholeRound:
    """The newest round in which every open region was asked."""

    number: int
    began_at: datetime
    ended_at: datetime
    regions: int
    answers: int


def last_whole_round() -> WholeRound | None:
    last = ProbeRun.objects.filter(ends_round=True).order_by("-pk").values_list("round", flat=True).first()
    if last is None:
        return None
    sums = ProbeRun.objects.filter(round=last, state=ProbeRun.State.ENDED).aggregate(
        began_at=Min("started_at"), ended_at=Max("ended_at"), regions=Sum("regions"), answers=Sum("answers")
    )
    return WholeRound(number=last, **sums)


def findings() -> QuerySet[ProbeFinding]:
    """The newest first."""
    return ProbeFinding.objects.select_related("asked", "owner").order_by("-last_at", "-pk")


def runs() -> QuerySet[ProbeRun]:
    return ProbeRun.objects.order_by("-pk")
