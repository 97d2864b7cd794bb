"""The Satker promises what it has, whole or less, and takes a promise back only before the goods are on their way."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tenant_apps.procurement.errors import BadPacks, NothingAsked, ReasonMissing
from tenant_apps.procurement.models import RestockRequest
from tenant_apps.procurement.services import (
    accept_restock,
    call_off_restock,
    cancel_restock,
    receive_restock,
    reject_restock,
    send_restock,
    submit_restock,
)
from tenant_apps.stock.errors import Shortage, StockShort
from tenant_apps.stock.models import StockMovement
from tenants.kernel.errors import StaleDocument
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.cast import BY, Cast
from tests.tenant_apps.procurement.depot import Depot, at_once, balances, footprint, levels, of_lines, open_depot
from tests.trials import rounds


def reserved(depot: Depot) -> tuple[int, int]:
    """Grams of rice and eggs that are set aside at the Satker."""
    satker = levels()["Satker Kalidoni"]
    return satker["Beras medium"][1], satker["Telur ayam"][1]


@pytest.mark.parametrize(
    ("case", "packs", "total", "aside"),
    [
        ("whole", (2, 1), 1_600_000, (100_000, 180)),
        ("less", (1, 1), 950_000, (50_000, 180)),
        ("one line not at all", (2, 0), 1_300_000, (100_000, 0)),
    ],
)
def test_accepting_sets_the_goods_aside(
    depot: Depot, case: str, packs: tuple[int, int], total: int, aside: tuple[int, int]
) -> None:
    request = depot.accept(depot.ask(2, 1), *packs)
    assert (request.state, request.total_asked, request.total_accepted, request.total) == (
        "accepted", 1_600_000, total, total,
    )  # fmt: skip
    assert tuple(request.lines.values_list("quantity_accepted", flat=True)) == packs
    assert reserved(depot) == aside
    assert levels()["Satker Kalidoni"]["Beras medium"][0] == 500_000
    assert balances() == {}


def test_the_owner_and_the_helper_who_asked_are_told(depot: Depot) -> None:
    cast = depot.cast
    request = submit_restock(
        warung=cast.warung, key=cast.warung.public_id, lines=depot.wishes(2, 0), by=cast.wati.actor
    )
    OutboxMessage.objects.all().delete()
    depot.accept(request, 1)
    told = OutboxMessage.objects.order_by("payload__to")
    assert [message.payload["to"] for message in told] == ["hasan@example.test", "wati@example.test"]
    assert all("Rp 650.000" in message.payload["subject"] for message in told)
    assert f"/toko/restok/{request.number}/" in told[0].payload["body"]


def test_an_owner_without_mail_gets_a_short_text(depot: Depot) -> None:
    hasan = depot.cast.hasan
    hasan.email = ""
    hasan.save()
    request = depot.sent(1, 0)
    texts = OutboxMessage.objects.filter(kind="sms").order_by("pk")
    assert [(text.payload["to"], text.dedupe.split(".")[2]) for text in texts] == [
        ("+6281200000002", "accept"),
        ("+6281200000002", "send"),
    ]
    assert request.number in texts[1].payload["body"]


def test_accepting_again_changes_nothing_and_otherwise_is_refused(depot: Depot) -> None:
    request = depot.ask(2, 1)
    depot.accept(request, 1, 1)
    before = footprint()
    assert depot.accept(request, 1, 1).total_accepted == 950_000
    with pytest.raises(StaleDocument):
        depot.accept(request, 2, 1)
    assert footprint() == before


def test_what_is_short_is_told_by_name_all_of_it(depot: Depot) -> None:
    request = depot.ask(11, 3)
    before = footprint()
    with pytest.raises(StockShort) as refusal:
        depot.accept(request)
    assert refusal.value.shortages == [
        Shortage(depot.cast.rice.pk, "Beras medium", "g", 550_000, 500_000),
        Shortage(depot.cast.egg.pk, "Telur ayam", "pcs", 540, 360),
    ]
    assert footprint() == before
    assert depot.accept(request, 10, 2).state == "accepted"


@pytest.mark.parametrize(
    ("case", "packs", "refusal"),
    [
        ("nothing at all", (0, 0), NothingAsked),
        ("more than asked", (3, 1), BadPacks),
        ("less than nothing", (-1, 1), BadPacks),
    ],
)
def test_quantities_that_cannot_be(depot: Depot, case: str, packs: tuple[int, int], refusal: type[Exception]) -> None:
    request = depot.ask(2, 1)
    before = footprint()
    with pytest.raises(refusal):
        depot.accept(request, *packs)
    assert footprint() == before


def test_every_line_needs_a_quantity_and_only_its_own(depot: Depot) -> None:
    request, other = depot.ask(2, 1), depot.ask(1, 0)
    lines, before = of_lines(request), footprint()
    first = min(lines)
    for quantities in ({first: 1}, {**lines, **of_lines(other)}, {}):
        with pytest.raises(BadPacks):
            accept_restock(request=request, quantities=quantities, by=BY)
    assert footprint() == before


def test_sent_goods_stay_the_satkers_and_set_aside(depot: Depot) -> None:
    request = depot.accept(depot.ask(2, 1))
    before = levels()
    assert send_restock(request=request, by=BY).state == "sent"
    assert levels() == before
    after = footprint()
    assert send_restock(request=request, by=BY).state == "sent"
    assert footprint() == after


def test_rejecting_says_why(depot: Depot) -> None:
    request = depot.ask()
    for nothing in ("", "  \n "):
        with pytest.raises(ReasonMissing):
            reject_restock(request=request, reason=nothing, by=BY)
    rejected = reject_restock(request=request, reason="Truk rusak", by=BY)
    assert rejected.state == "rejected"
    assert list(rejected.history.values_list("move", "reason"))[-1] == ("reject", "Truk rusak")
    message = OutboxMessage.objects.order_by("-pk")[0]
    assert message.payload["to"] == "hasan@example.test" and "Truk rusak." in message.payload["body"]
    before = footprint()
    assert reject_restock(request=request, reason="Lain lagi", by=BY).state == "rejected"
    assert footprint() == before


def test_calling_off_releases_what_was_set_aside(depot: Depot) -> None:
    before = levels()
    request = depot.accept(depot.ask(2, 1), 2, 0)
    with pytest.raises(ReasonMissing):
        call_off_restock(request=request, reason=" ", by=BY)
    assert call_off_restock(request=request, reason="Gudang bocor", by=BY).state == "called_off"
    assert levels() == before
    after = footprint()
    assert call_off_restock(request=request, reason="Gudang bocor", by=BY).state == "called_off"
    assert footprint() == after


STEPS: dict[str, Callable[[Depot, RestockRequest], object]] = {
    "accept": lambda depot, request: depot.accept(request),
    "reject": lambda depot, request: reject_restock(request=request, reason="x", by=BY),
    "cancel": lambda depot, request: cancel_restock(request=request, by=BY),
    "send": lambda depot, request: send_restock(request=request, by=BY),
    "call_off": lambda depot, request: call_off_restock(request=request, reason="x", by=BY),
    "receive": lambda depot, request: receive_restock(request=request, quantities=of_lines(request), by=BY),
}
LEAD_TO: dict[str, tuple[str, ...]] = {
    "submitted": (),
    "accepted": ("accept",),
    "sent": ("accept", "send"),
    "received": ("accept", "send", "receive"),
    "rejected": ("reject",),
    "cancelled": ("cancel",),
    "called_off": ("accept", "call_off"),
}
OPEN_STEPS: dict[str, set[str]] = {
    "submitted": {"accept", "reject", "cancel"},
    "accepted": {"send", "call_off"},
    "sent": {"receive"},
}


@pytest.mark.parametrize("state", LEAD_TO)
@pytest.mark.parametrize("step", STEPS)
def test_every_step_from_every_state(depot: Depot, state: str, step: str) -> None:
    request = depot.ask(2, 1)
    for name in LEAD_TO[state]:
        STEPS[name](depot, request)
    before = footprint()
    repeated = bool(LEAD_TO[state]) and LEAD_TO[state][-1] == step
    if step in OPEN_STEPS.get(state, set()):
        STEPS[step](depot, request)
        assert footprint() != before
    elif repeated:
        STEPS[step](depot, request)
        assert footprint() == before
    else:
        with pytest.raises(StaleDocument):
            STEPS[step](depot, request)
        assert footprint() == before


@pytest.mark.usefixtures("committed")
class TestRaces:
    def test_the_last_sack_is_promised_once(self, kalidoni: Region, market: Cast) -> None:
        depot = open_depot(market)
        for _round in range(rounds(40)):
            requests = [depot.ask(10, 0), depot.ask(10, 0)]
            answers = at_once(kalidoni, [partial(depot.accept, request) for request in requests])
            assert sorted(type(answer).__name__ for answer in answers) == ["RestockRequest", "StockShort"]
            assert levels()["Satker Kalidoni"]["Beras medium"] == (500_000, 500_000)
            for request in requests:
                request.refresh_from_db()
                if request.state == "accepted":
                    call_off_restock(request=request, reason="ulang", by=BY)
                else:
                    cancel_restock(request=request, by=BY)
        assert reserved(depot) == (0, 0)

    def test_twenty_taps_on_accept_set_aside_once(self, kalidoni: Region, market: Cast) -> None:
        depot = open_depot(market)
        request = depot.ask(2, 1)
        answers = at_once(kalidoni, [partial(depot.accept, request)] * 20)
        assert {answer.state for answer in answers} == {"accepted"}
        assert reserved(depot) == (100_000, 180)
        assert StockMovement.objects.filter(reference=request.reference).count() == 2
        assert request.history.count() == 2
