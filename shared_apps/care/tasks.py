from __future__ import annotations

from shared_apps.care.services import drilling, judging
from tenants.kernel import clock
from tenants.tasks import platform_task


@platform_task()
def judge_alerts() -> None:
    """Beat: every rule is asked."""
    judging.judge()


@platform_task()
def check_house_nightly() -> None:
    """Beat: what is too dear for each minute, and what is too old to be kept."""
    judging.check_house()
    judging.forget_old()


@platform_task()
def drill_nightly() -> None:
    """Beat: the night's regions are drawn; the work comes as tasks of its own, a region each."""
    drilling.plan_night(clock.today())
    go_on_drilling.apply_async()


@platform_task()
def go_on_drilling() -> None:
    """Beat, and after each region: what waits is proven. Safe to repeat."""
    if drilling.drill_next():
        go_on_drilling.apply_async()
