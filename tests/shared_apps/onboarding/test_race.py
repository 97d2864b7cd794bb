"""Many registrations of one area at once: one holds it, all others are told so."""

from __future__ import annotations

import threading

from django.db import connection

from shared_apps.onboarding.errors import AreaTaken
from shared_apps.onboarding.models import CoverageClaim, Registration, State
from shared_apps.onboarding.services import drafting
from shared_apps.onboarding.services.deciding import submit
from tenants.context import on_platform
from tests.shared_apps.onboarding.people import complete
from tests.trials import rounds


def test_one_of_many_wins(committed: None, monkeypatch: object) -> None:
    many = max(10, rounds(100))
    # Overlapping sets in different orders: a kecamatan, its city, and the city with a neighbour.
    sets = [["16.71.10"], ["16.71"], ["16.71", "16.02"]]
    with on_platform():
        ready = [complete(sets[i % 3], slug=f"ramai-{i}", email=f"camat{i}@example.test") for i in range(many)]
    start = threading.Barrier(many)
    outcome: list[str] = []

    def send(registration: Registration) -> None:
        try:
            with on_platform():
                connection.ensure_connection()
                start.wait()
                submit(registration=registration)
            outcome.append("won")
        except AreaTaken:
            outcome.append("taken")
        except Exception as failure:
            outcome.append(repr(failure))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(one,)) for one in ready]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome) == ["taken"] * (many - 1) + ["won"]
    with on_platform():
        winner = Registration.objects.get(state=State.IN_REVIEW)
        assert set(CoverageClaim.objects.values_list("registration", flat=True)) == {winner.pk}
    assert many <= drafting.MAX_PER_HOUR
