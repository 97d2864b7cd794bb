"""What arrives moves to the shelf and is paid; what does not stays the Satker's. Nothing is lost whatever the order of steps."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tenant_apps.ledger.models import JournalEntry
from tenant_apps.procurement.errors import BadPacks
from tenant_apps.procurement.models import RestockRequest
from tenant_apps.procurement.services import (
    accept_restock,
    call_off_restock,
    cancel_restock,
    receive_restock,
    reject_restock,
    send_restock,
)
from tenant_apps.stock.models import StockMovement
from tenant_apps.stock.services import Line, adjust, location_of_satker, location_of_warung
from tenant_apps.stock.services import receive as stock_receive
from tenants.kernel.errors import DomainError, StaleDocument
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.cast import BY, Cast
from tests.tenant_apps.procurement.depot import (
    Depot,
    at_once,
    balances,
    footprint,
    levels,
    must_add_up,
    of_lines,
    open_depot,
)
from tests.trials import rounds

START = {
    "Satker Kalidoni": {"Beras medium": (500_000, 0), "Telur ayam": (360, 0)},
    "Warung Hasan": {"Beras medium": (50_000, 0), "Telur ayam": (10, 0)},
}


def receive(request: RestockRequest, *packs: int) -> RestockRequest:
    return receive_restock(request=request, quantities=of_lines(request, *packs), by=BY)


@pytest.mark.parametrize(
    ("case", "packs", "paid", "satker", "shelf"),
    [
        ("all of it", (2, 1), 1_600_000, (400_000, 180), (150_000, 190)),
        ("a sack is missing", (1, 1), 950_000, (450_000, 180), (100_000, 190)),
        ("the eggs broke on the way", (2, 0), 1_300_000, (400_000, 360), (150_000, 10)),
    ],
)
def test_what_arrived_changes_hands(
    depot: Depot, case: str, packs: tuple[int, int], paid: int, satker: tuple[int, int], shelf: tuple[int, int]
) -> None:
    assert levels() == START
    request = receive(depot.sent(2, 1), *packs)
    assert (request.state, request.total_received, request.total) == ("received", paid, paid)
    assert tuple(request.lines.values_list("quantity_received", flat=True)) == packs
    assert levels() == {
        "Satker Kalidoni": {"Beras medium": (satker[0], 0), "Telur ayam": (satker[1], 0)},
        "Warung Hasan": {"Beras medium": (shelf[0], 0), "Telur ayam": (shelf[1], 0)},
    }
    entry = JournalEntry.objects.get()
    assert (entry.key, entry.lines.count()) == (f"restock:{request.number}", 4)
    assert balances() == {
        "satker:cash": paid,
        "satker:sales": -paid,
        "warung:cash": -paid,
        "warung:purchases": paid,
    }
    must_add_up()


def test_nothing_arrived_and_nothing_is_booked(depot: Depot) -> None:
    request = receive(depot.sent(2, 1), 0, 0)
    assert (request.state, request.total_received) == ("received", 0)
    assert levels() == START
    assert (balances(), JournalEntry.objects.count()) == ({}, 0)


def test_a_line_that_was_not_accepted_need_not_be_counted(depot: Depot) -> None:
    request = depot.accept(depot.ask(2, 1), 2, 0)
    send_restock(request=request, by=BY)
    rice = min(of_lines(request))
    received = receive_restock(request=request, quantities={rice: 2}, by=BY)
    assert tuple(received.lines.values_list("quantity_received", flat=True)) == (2, 0)
    assert levels()["Warung Hasan"] == {"Beras medium": (150_000, 0), "Telur ayam": (10, 0)}


def test_the_satker_is_told_what_was_received(depot: Depot) -> None:
    request = receive(depot.sent(2, 1), 1, 1)
    message = OutboxMessage.objects.order_by("-pk")[0]
    assert message.dedupe == f"restock.{request.number}.receive.{depot.cast.yuli.public_id}"
    assert "Rp 950.000" in message.payload["subject"]


def test_receiving_again_changes_nothing_and_otherwise_is_refused(depot: Depot) -> None:
    request = depot.sent(2, 1)
    receive(request, 1, 1)
    before = footprint()
    assert receive(request, 1, 1).total_received == 950_000
    with pytest.raises(StaleDocument):
        receive(request, 2, 1)
    assert footprint() == before


@pytest.mark.parametrize("packs", [(3, 1), (-1, 1), (2, 10**20)])
def test_more_than_was_sent_cannot_arrive(depot: Depot, packs: tuple[int, int]) -> None:
    request = depot.sent(2, 1)
    before = footprint()
    with pytest.raises(BadPacks):
        receive(request, *packs)
    with pytest.raises(BadPacks):
        receive_restock(request=request, quantities={}, by=BY)
    assert footprint() == before


# The long way of a request comes often, so that most examples reach its end.
STEPS = ["ask", "accept", "send", "receive"] * 3 + ["reject", "cancel", "call off", "count", "buy"]
MOVES = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 2), st.integers(0, 6), st.integers(0, 2)), min_size=8, max_size=30
)


@settings(
    max_examples=rounds(200),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(moves=MOVES)
def test_whatever_is_done_nothing_is_lost(depot: Depot, moves: list[tuple[str, int, int, int]]) -> None:
    """Goods in the region change only by receipts and counts; what is set aside is what is promised; the books prove."""
    with transaction.atomic():
        came = {"Beras medium": 0, "Telur ayam": 0}
        requests: list[RestockRequest] = []
        for step, which, sacks, crates in moves:
            try:
                _take(depot, requests, came, step, which, sacks, crates)
            except DomainError:
                continue
        for request in requests:
            request.refresh_from_db()
            event(request.state)
        for name, at_first in {"Beras medium": 550_000, "Telur ayam": 370}.items():
            assert sum(place[name][0] for place in levels().values()) == at_first + came[name]
        promised = {"Beras medium": 0, "Telur ayam": 0}
        for request in RestockRequest.objects.filter(state__in=["accepted", "sent"]):
            for line in request.lines.all():
                promised[line.product_name] += line.quantity_accepted * line.base_quantity
        assert {name: held for name, (_there, held) in levels()["Satker Kalidoni"].items()} == promised
        paid = sum(RestockRequest.objects.filter(state="received").values_list("total_received", flat=True))
        assert balances().get("satker:cash", 0) == paid == -balances().get("warung:cash", 0)
        must_add_up()
        transaction.set_rollback(True)


def _take(
    depot: Depot, requests: list[RestockRequest], came: dict[str, int], step: str, which: int, sacks: int, crates: int
) -> None:
    cast, unique = depot.cast, str(StockMovement.objects.count())
    store = location_of_satker(cast.satker)
    if step == "ask":
        requests.append(depot.ask(sacks, crates))
    elif step == "count":
        place = location_of_warung(cast.warung) if which else store
        came["Telur ayam"] += adjust(
            location=place, product=cast.egg, counted=100 * sacks, reason="count", by=BY, key=f"count:{unique}"
        )
    elif step == "buy":
        stock_receive(location=store, lines=[Line(cast.rice.pk, 50_000)], reference=f"buy:{unique}", by=BY)
        came["Beras medium"] += 50_000
    elif requests:
        request = requests[which % len(requests)]
        most = "quantity_accepted" if step == "receive" else "quantity_asked"
        asked = list(request.lines.values_list("pk", most))
        quantities = {pk: min(limit, size) for (pk, limit), size in zip(asked, (sacks, crates), strict=False)}
        acts = {
            "accept": partial(accept_restock, request=request, quantities=quantities, by=BY),
            "receive": partial(receive_restock, request=request, quantities=quantities, by=BY),
            "reject": partial(reject_restock, request=request, reason="x", by=BY),
            "cancel": partial(cancel_restock, request=request, by=BY),
            "call off": partial(call_off_restock, request=request, reason="x", by=BY),
            "send": partial(send_restock, request=request, by=BY),
        }
        acts[step]()


@pytest.mark.usefixtures("committed")
class TestRaces:
    def test_twenty_taps_on_received_move_and_pay_once(self, kalidoni: Region, market: Cast) -> None:
        depot = open_depot(market)
        request = depot.sent(2, 1)
        answers = at_once(kalidoni, [partial(receive, request, 2, 1)] * 20)
        assert {answer.state for answer in answers} == {"received"}
        assert levels()["Warung Hasan"] == {"Beras medium": (150_000, 0), "Telur ayam": (190, 0)}
        assert JournalEntry.objects.count() == 1 and balances()["satker:cash"] == 1_600_000
        must_add_up()

    def test_two_phones_that_counted_otherwise_one_wins(self, kalidoni: Region, market: Cast) -> None:
        depot = open_depot(market)
        request = depot.sent(2, 1)
        answers = at_once(kalidoni, [partial(receive, request, 2, 1), partial(receive, request, 1, 1)])
        assert sorted(type(answer).__name__ for answer in answers) == ["RestockRequest", "StaleDocument"]
        must_add_up()

    def test_crossing_deliveries_do_not_deadlock(self, kalidoni: Region, market: Cast) -> None:
        """Of one the eggs are missing, of the other the rice: movements that lock one by one would lock crosswise."""
        depot = open_depot(market)
        for _round in range(rounds(30)):
            only_rice, only_eggs = depot.sent(1, 1), depot.sent(1, 1)
            answers = at_once(kalidoni, [partial(receive, only_rice, 1, 0), partial(receive, only_eggs, 0, 1)])
            assert [type(answer) for answer in answers] == [RestockRequest] * 2
            refill(depot)
        must_add_up()


def refill(depot: Depot) -> None:
    """The Satker has as much as at the start."""
    place = location_of_satker(depot.cast.satker)
    for product, full in ((depot.cast.rice, 500_000), (depot.cast.egg, 360)):
        key = f"refill:{StockMovement.objects.count()}"
        adjust(location=place, product=product, counted=full, reason="count", by=BY, key=key)
