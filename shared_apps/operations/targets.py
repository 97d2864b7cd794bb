"""Targets of official areas: rows that operators keep, and which of them counts on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from shared_apps.operations.figures import AreaTarget, Target
from shared_apps.operations.places import area_of_figures
from tenants.audit.services import record


def set_target(*, area_code: str, measure: Target, amount: int, valid_from: date, source: str, by: str) -> AreaTarget:
    """From that day on, so many are wanted in the area. The same day again takes the earlier row's place.

    Raises:  NoSuchArea.
    Writes:  AreaTarget.
    """
    with transaction.atomic():
        row, _made = AreaTarget.objects.update_or_create(
            area_code=area_of_figures(area_code).code,
            measure=measure,
            valid_from=valid_from,
            defaults={"amount": amount, "source": " ".join(source.split()), "by": by},
        )
        record("target.set", by=by, target=f"area:{row.area_code}", details=_told(row))
    return row


def drop_target(*, target: AreaTarget, by: str) -> None:
    """The row counts no more; an earlier one of the same area does. Dropping twice changes nothing."""
    with transaction.atomic():
        gone, _rows = AreaTarget.objects.filter(pk=target.pk).delete()
        if gone:
            record("target.dropped", by=by, target=f"area:{target.area_code}", details=_told(target))


def targets_in_force(codes: Iterable[str], day: date) -> dict[str, dict[str, int]]:
    """By area and measure, what is wanted on that day; areas without a target are left out. One query."""
    rows: QuerySet[AreaTarget] = (
        AreaTarget.objects.filter(area_code__in=[code for code in codes if code], valid_from__lte=day)
        .order_by("area_code", "measure", "-valid_from")
        .distinct("area_code", "measure")
    )
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row.area_code, {})[row.measure] = row.amount
    return found


def _told(row: AreaTarget) -> dict[str, Any]:
    return {"measure": str(row.measure), "amount": row.amount, "valid_from": row.valid_from.isoformat()}
