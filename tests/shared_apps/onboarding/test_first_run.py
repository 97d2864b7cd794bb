"""The demo region's registration goes on from wherever a first run was cut short."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared_apps.onboarding.models import Registration, State
from shared_apps.onboarding.services import drafting
from shared_apps.onboarding.services.deciding import submit
from tenants.kernel import clock
from warsa.management.commands import seed_demo

pytestmark = pytest.mark.usefixtures("platform")

STEPS = ("start_draft", "save_applicant", "open_resume_link", "save_proof", "save_address")


class Killed(BaseException):
    """Nothing catches it, as nothing catches a kill."""


def cut_before(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(**_: object) -> None:
        raise Killed

    with monkeypatch.context() as planted, pytest.raises(Killed):
        planted.setattr(drafting, step, killed)
        seed_demo.Command()._registration()


@pytest.mark.parametrize("days", [0, 31])
@pytest.mark.parametrize("step", STEPS)
def test_the_next_run_gives_the_missing_answers(step: str, days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_before(step, monkeypatch)
    then = clock.now() + timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: then)
    found = seed_demo.Command()._registration()
    assert (found.state, found.slug, bool(found.proof)) == (State.EMAIL_VERIFIED, "kalidoni", True)
    again = seed_demo.Command()._registration()
    assert again.pk == found.pk
    submit(registration=found)
    assert seed_demo.Command()._registration().state == State.IN_REVIEW
    assert Registration.objects.exclude(state=State.DRAFT).count() == 1
