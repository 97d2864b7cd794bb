"""Whatever happens in whatever order, stock, promises, money and orders fit together."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenant_apps.orders.models import Order
from tenant_apps.orders.services.placing import SeenLine
from tenants.kernel.errors import DomainError
from tests.cast import Cast
from tests.tenant_apps.orders.desk import deliver, must_add_up, place
from tests.tenant_apps.orders.test_filling import STEPS
from tests.trials import rounds

PLACE = st.tuples(
    st.just("place"), st.booleans(), st.integers(0, 30), st.integers(0, 6), st.sampled_from(["ratna", "siti", "wati"])
)
STEP = st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 5))


@settings(
    max_examples=max(25, rounds(250)),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=st.lists(st.one_of(PLACE, STEP, STEP), min_size=3, max_size=25))
def test_any_story_adds_up(market: Cast, story: list[tuple]) -> None:  # type: ignore[type-arg]
    with transaction.atomic():
        orders: list[Order] = []
        for event in story:
            with suppress(DomainError):
                if event[0] == "place":
                    _place, brought, kilos, eggs, who = event
                    wanted = ((market.kilo.pk, kilos, 14_500), (market.piece.pk, eggs, 2_000))
                    lines = [SeenLine(*line) for line in wanted if line[1]]
                    send = deliver if brought else place
                    orders.append(send(market, lines=lines, customer=getattr(market, who)))
                elif orders:
                    STEPS[event[0]](Order.objects.get(pk=orders[event[1] % len(orders)].pk))
        must_add_up()
        transaction.set_rollback(True)
