"""Plans come from data/plans.json; a version that was loaded once never changes."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.billing.errors import NoPlans
from shared_apps.billing.models import PlanVersion
from shared_apps.billing.states import day_of
from tenants.kernel import clock

DATA = Path(__file__).parent / "data"
# At Stripe rupiah have hundredths, and PPN of these is whole rupiah only in hundreds.
STEP = 100


def load_plans(rows: list[dict[str, Any]] | None = None) -> int:
    """The versions that come with the software are here. Returns how many are new; may run again at any time.

    Raises:  ValueError for a version that differs from the one that was loaded before, and for a price that is no hundred.
    """
    rows = json.loads((DATA / "plans.json").read_text()) if rows is None else rows
    made = 0
    with transaction.atomic():
        there = {(one.code, one.version): one for one in PlanVersion.objects.all()}
        for row in rows:
            row = {**row, "offered_from": date.fromisoformat(row["offered_from"])}
            if row["monthly"] % STEP or row["yearly"] % STEP:
                raise ValueError(f"plan {row['code']}: a price is a multiple of {STEP} rupiah")
            known = there.get((row["code"], row["version"]))
            if known is None:
                PlanVersion.objects.create(**row)
                made += 1
            elif differing := [name for name, value in row.items() if getattr(known, name) != value]:
                raise ValueError(
                    f"plan {known.code} v{known.version} never changes ({', '.join(differing)}): add a version"
                )
    return made


def offered_plans(on: date | None = None) -> list[PlanVersion]:
    """The newest version of each plan that is offered on this day, the cheapest first."""
    day = on or day_of(clock.now())
    rows = PlanVersion.objects.filter(offered_from__lte=day).order_by("code", "-version").distinct("code")
    return sorted(rows, key=lambda plan: (plan.monthly, plan.code))


def plan_for(kecamatan: int) -> PlanVersion:
    """The plan with which a region of so many kecamatan begins.

    Raises:  NoPlans.
    """
    plans = offered_plans()
    fitting = [plan for plan in plans if plan.kecamatan <= max(kecamatan, 1)] or plans
    if not fitting:
        raise NoPlans(_("No plan is offered yet. Ask the central operator."))
    return max(fitting, key=lambda plan: plan.kecamatan)
