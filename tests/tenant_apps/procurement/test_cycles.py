"""Cycles: prepared, opened, ordered in, closed, put together, ordered from suppliers; and what each step refuses."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared_apps.exchange.models import SupplierOrder, SupplierOrderEvent
from shared_apps.supplier_catalog.models import Offer
from tenant_apps.pricing.services import set_wholesale_price
from tenant_apps.procurement.cycle_selectors import hints_for, orderable, plan_of, sums_of
from tenant_apps.procurement.errors import BadCycle, BadPacks, CycleClosed, MinimumMissed, OverCredit, PricesMoved
from tenant_apps.procurement.models import (
    Cycle,
    CycleLine,
    CycleOffer,
    CycleOrder,
    CycleState,
    PurchaseLine,
    PurchasePart,
    WarungCredit,
)
from tenant_apps.procurement.services import (
    CycleWish,
    cancel_cycle,
    change_draft,
    close_cycle,
    extend_cycle,
    open_cycle,
    replan,
    save_cycle_order,
    send_purchases,
)
from tenant_apps.stock.services import Line, location_of_warung, sell
from tenant_apps.suppliers.models import AdoptionChange
from tenants.context import in_region, on_platform
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.cast import BY
from tests.shared_apps.supplier_catalog.wholesaler import offer as offer_of
from tests.tenant_apps.procurement.depot import at_once
from tests.tenant_apps.procurement.round import KILO, SACK, TRAY, Round, open_round, parts_of


def facts(cycle: Cycle) -> list[Any]:
    """Everything that a cycle has written down."""
    return [
        list(model.objects.order_by("pk").values_list())
        for model in (Cycle, CycleOrder, CycleLine, CycleOffer, PurchaseLine, PurchasePart)
    ]


def test_what_can_be_ordered_is_adopted_priced_and_fits_its_cartons(round_: Round) -> None:
    found = {one.pack.label: one for one in orderable(round_.cast.satker, clock.today())}
    assert set(found) == {"karung 50 kg", "papan 30", "kg"}
    tray = found["papan 30"]
    # A crate of 180 costs 280.000: 46.666,67 a tray, rounded up.
    assert (tray.price, tray.cost, tray.supplier, tray.margin) == (TRAY, 46_667, "Sinar Musi", 3_333)


def test_a_draft_is_seen_by_nobody_and_opens_once(round_: Round) -> None:
    cycle = round_.draft()
    with pytest.raises(CycleClosed):
        round_.order(cycle, round_.cast.warung, rice=1)
    open_cycle(cycle=cycle, by=round_.by)
    told = OutboxMessage.objects.filter(kind="notice").count()
    open_cycle(cycle=cycle, by=round_.by)
    assert OutboxMessage.objects.filter(kind="notice").count() == told == 2
    with pytest.raises(BadCycle):
        change_draft(cycle=cycle, terms=round_.terms(), packs=[], by=round_.by)


@pytest.mark.parametrize(
    "other",
    [
        {"closes_at": clock.now() - timedelta(hours=1)},
        {"deliver_on": clock.today() - timedelta(days=3)},
        {"closes_at": clock.now() + timedelta(days=300), "deliver_on": clock.today() + timedelta(days=301)},
        {"name": "  "},
    ],
)
def test_days_that_cannot_be_are_refused(round_: Round, other: dict[str, Any]) -> None:
    with pytest.raises(BadCycle):
        round_.draft(**other)
    assert not Cycle.objects.exists()


def test_an_order_is_the_whole_order_and_a_tap_counts_once(round_: Round) -> None:
    cycle, hasan = round_.opened(), round_.cast.warung
    key = uuid.uuid4()
    first = round_.order(cycle, hasan, key=key, rice=2, eggs=(4, 2))
    again = round_.order(cycle, hasan, key=key, rice=9)
    assert first == again and first is not None and first.total == 2 * SACK + 4 * TRAY
    line = CycleLine.objects.get(order=first, good=round_.goods(cycle)["eggs"])
    changed = round_.order(cycle, hasan, eggs=1, sugar=3)
    assert changed == first and changed is not None and changed.total == TRAY + 3 * KILO
    # The line that stays keeps its number; the one that is gone is gone.
    assert CycleLine.objects.get(order=first, good=round_.goods(cycle)["eggs"]).pk == line.pk
    assert CycleLine.objects.filter(order=first).count() == 2
    assert round_.order(cycle, hasan) is None
    assert not CycleOrder.objects.exists()


def test_a_price_that_moved_is_shown_and_nothing_is_written(round_: Round) -> None:
    cycle = round_.opened()
    good = round_.goods(cycle)["rice"]
    with pytest.raises(PricesMoved) as refused:
        save_cycle_order(
            cycle=cycle,
            warung=round_.cast.warung,
            key=uuid.uuid4(),
            wishes=[CycleWish(good.pk, 1, 0, SACK - 1)],
            by=BY,
        )
    assert [(one.seen, one.now) for one in refused.value.moved] == [(SACK - 1, SACK)]
    assert not CycleOrder.objects.exists()


def test_the_price_of_the_cycle_stays_whatever_the_satker_asks_later(round_: Round) -> None:
    cycle = round_.opened()
    set_wholesale_price(satker=round_.cast.satker, pack=round_.cast.sack, price=SACK + 5_000, by=BY)
    order = round_.order(cycle, round_.cast.warung, rice=1)
    assert order is not None and order.total == SACK


@pytest.mark.parametrize("wish", [(0, 3), (100_000, 0), (1, -1), (1, 100_000)])
def test_numbers_that_cannot_be_are_refused(round_: Round, wish: tuple[int, int]) -> None:
    cycle = round_.opened()
    good = round_.goods(cycle)["rice"]
    with pytest.raises(BadPacks):
        save_cycle_order(
            cycle=cycle, warung=round_.cast.warung, key=uuid.uuid4(), wishes=[CycleWish(good.pk, *wish, SACK)], by=BY
        )


def test_a_good_of_another_cycle_is_no_good_of_this_one(round_: Round) -> None:
    one, other = round_.opened(), round_.opened()
    with pytest.raises(BadPacks):
        save_cycle_order(
            cycle=one,
            warung=round_.cast.warung,
            key=uuid.uuid4(),
            wishes=round_.wishes(other, {"rice": 1}),
            by=BY,
        )


def test_who_has_a_limit_orders_within_it(round_: Round) -> None:
    cycle, hasan = round_.opened(), round_.cast.warung
    WarungCredit.objects.create(warung=hasan, most=2 * SACK, by=BY, changed_at=clock.now())
    round_.order(cycle, hasan, rice=2)
    # The order takes its own place, not one besides it.
    round_.order(cycle, hasan, rice=1)
    round_.order(cycle, hasan, rice=2)
    with pytest.raises(OverCredit) as refused:
        round_.order(cycle, hasan, rice=3)
    assert refused.value.missing == SACK
    assert CycleOrder.objects.get().total == 2 * SACK
    # Another warung has no limit and pays on delivery.
    round_.order(cycle, round_.cast.other_warung, rice=50)


def test_time_is_up_for_warungs_before_the_satker_closes(round_: Round) -> None:
    cycle = round_.opened()
    Cycle.objects.filter(pk=cycle.pk).update(closes_at=clock.now() - timedelta(seconds=1))
    with pytest.raises(CycleClosed):
        round_.order(cycle, round_.cast.warung, rice=1)


def test_closing_makes_the_plan_of_whole_cartons_traced_to_each_warung(round_: Round) -> None:
    cycle = round_.closed()
    # 3 sacks; 5 trays and 2 tolerated fill one crate of 6, so one is tolerated; 18 kg and 2 tolerated fill one carton of 20.
    assert parts_of(cycle) == {
        "Beras medium": {"Warung Hasan": 2, "Warung Siti": 1},
        "Telur ayam": {"Warung Hasan": 5, "Warung Siti": 1},
        "Gula pasir": {"Warung Hasan": 15, "Warung Siti": 5},
    }
    plan = plan_of(cycle)
    assert [(line.good.product_name, line.cartons, line.total) for line in plan.purchases[0].lines.all()] == [
        ("Beras medium", 3, 1_800_000),
        ("Gula pasir", 1, 300_000),
        ("Telur ayam", 1, 280_000),
    ]
    assert plan.total == 2_380_000
    assert not plan.unfilled_units
    # Nine more crates, and the one costs 10.000 less.
    assert [(tip.offer.sku, tip.cartons, tip.saves) for tip in plan.tips] == [("TL-180", 9, 10_000)]


def test_a_carton_that_nobody_fills_is_said_and_not_bought(round_: Round) -> None:
    cycle = round_.opened()
    round_.order(cycle, round_.cast.warung, rice=1, eggs=(2, 3))
    cycle = close_cycle(cycle=cycle, by=round_.by)
    plan = plan_of(cycle)
    assert parts_of(cycle) == {"Beras medium": {"Warung Hasan": 1}}
    assert [(lack.good.product_name, lack.reason.name, lack.missing) for lack in plan.lacks] == [
        ("Telur ayam", "CARTON", 1)
    ]
    assert (plan.unfilled_lines, plan.unfilled_units) == (1, 2)


def test_the_satker_fills_a_carton_for_its_own_store(round_: Round) -> None:
    cycle = round_.opened()
    round_.order(cycle, round_.cast.warung, eggs=5)
    round_.order(cycle, None, eggs=1)
    assert parts_of(close_cycle(cycle=cycle, by=round_.by)) == {"Telur ayam": {"Satker": 1, "Warung Hasan": 5}}


def test_nobody_ordered_so_nothing_is_closed(round_: Round) -> None:
    cycle = round_.opened()
    with pytest.raises(BadCycle):
        close_cycle(cycle=cycle, by=round_.by)
    cycle.refresh_from_db()
    assert cycle.state == CycleState.OPEN


def test_closing_and_planning_again_changes_nothing(round_: Round) -> None:
    cycle = round_.closed()
    before = facts(cycle)
    close_cycle(cycle=cycle, by=round_.by)
    assert facts(cycle) == before
    replan(cycle=cycle, by=round_.by)
    # The plan is written anew and says the same.
    assert parts_of(cycle)["Telur ayam"] == {"Warung Hasan": 5, "Warung Siti": 1}
    assert Cycle.objects.get().plan == cycle.plan


def test_offers_are_those_of_the_moment_when_it_closed(round_: Round, kalidoni: Region) -> None:
    cycle = round_.closed()
    with on_platform():
        Offer.objects.filter(pk=round_.seller.offers["BR-50"].pk).update(ended_at=clock.now())
        offer_of(
            round_.seller.organisation,
            "BR-50",
            "",
            pack=("karung", 50_000),
            price=700_000,
            least=1,
            most=None,
            area="16",
        )
    with in_region(kalidoni):
        replan(cycle=cycle, by=round_.by)
        assert plan_of(cycle).total == 2_380_000
        send_purchases(cycle=cycle, by=round_.by)
        assert SupplierOrder.objects.get().goods == 2_380_000


def test_a_price_that_waits_for_an_answer_is_not_the_price_of_this_cycle(round_: Round, kalidoni: Region) -> None:
    cycle = round_.opened()
    round_.order(cycle, round_.cast.warung, rice=1)
    with on_platform():
        Offer.objects.filter(pk=round_.seller.offers["BR-50"].pk).update(ended_at=clock.now())
        offer_of(round_.seller.organisation, "BR-50", "", pack=("karung", 50_000), price=700_000)
    with in_region(kalidoni):
        close_cycle(cycle=cycle, by=round_.by)
        assert AdoptionChange.objects.get().after["price"] == 700_000
        send_purchases(cycle=cycle, by=round_.by)
        assert SupplierOrder.objects.get().goods == 600_000


def test_the_database_keeps_parts_with_their_purchase_and_their_wish(round_: Round) -> None:
    cycle = round_.closed()
    rice = PurchaseLine.objects.get(good=round_.goods(cycle)["rice"])
    eggs = CycleLine.objects.filter(good=round_.goods(cycle)["eggs"]).first()
    assert eggs is not None

    def refused(act: Callable[[], Any]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()

    # Of another good; of nothing; and neither side goes while there are parts.
    refused(lambda: PurchasePart.objects.create(purchase_line=rice, line=eggs, units=1))
    refused(lambda: PurchasePart.objects.create(purchase_line=rice, line_id=0, units=1))
    refused(lambda: PurchasePart.objects.create(purchase_line_id=0, line=eggs, units=1))
    refused(lambda: CycleLine.objects.filter(pk=eggs.pk)._raw_delete("default"))
    refused(lambda: PurchaseLine.objects.filter(pk=rice.pk)._raw_delete("default"))


def test_an_extended_cycle_takes_orders_again_and_plans_anew(round_: Round) -> None:
    cycle = round_.closed()
    extend_cycle(cycle=cycle, closes_at=clock.now() + timedelta(days=1), by=round_.by)
    assert not PurchasePart.objects.exists() and not CycleOffer.objects.exists()
    round_.order(cycle, round_.cast.other_warung, rice=4)
    assert parts_of(close_cycle(cycle=cycle, by=round_.by))["Beras medium"] == {"Warung Hasan": 2, "Warung Siti": 4}


def test_a_cancelled_cycle_buys_nothing_and_says_why(round_: Round) -> None:
    cycle = round_.closed()
    cancel_cycle(cycle=cycle, reason="Banjir di jalan", by=round_.by)
    assert not PurchasePart.objects.exists()
    told = OutboxMessage.objects.filter(dedupe__contains=f"cycle.{cycle.number}.cancel")
    assert told.count() == 2 and "Banjir di jalan." in told[0].payload["body"]
    with pytest.raises(StaleDocument):
        send_purchases(cycle=cycle, by=round_.by)


def test_a_missed_minimum_keeps_the_cycle_here_until_the_satker_answers(round_dear: Round) -> None:
    cycle = round_dear.closed()
    assert [(one.supplier.name, one.missing) for one in plan_of(cycle).shorts] == [("Sinar Musi", 7_620_000)]
    with pytest.raises(MinimumMissed, match="Sinar Musi"):
        send_purchases(cycle=cycle, by=round_dear.by)
    assert not SupplierOrder.objects.exists()
    replan(cycle=cycle, below="leave_out", by=round_dear.by)
    assert not plan_of(cycle).purchases
    with pytest.raises(BadCycle):
        send_purchases(cycle=cycle, by=round_dear.by)


def test_ordering_sends_each_supplier_one_order_once(round_: Round) -> None:
    cycle = round_.closed()
    send_purchases(cycle=cycle, by=round_.by)
    send_purchases(cycle=cycle, by=round_.by)
    order = SupplierOrder.objects.get()
    assert (order.supplier_id, order.goods, order.buyer) == (
        round_.seller.organisation.pk,
        2_380_000,
        "Satker Kalidoni",
    )
    assert sorted(order.lines.values_list("sku", "packs", "price")) == [
        ("BR-50", 3, 600_000),
        ("GL-20", 1, 300_000),
        ("TL-180", 1, 280_000),
    ]
    assert SupplierOrderEvent.objects.count() == 1
    purchase = cycle.purchases.get()
    assert (purchase.order, purchase.order_number, purchase.goods) == (order.public_id, order.number, order.goods)
    # Nobody who shops or owns a warung is named to the supplier.
    named = str(list(SupplierOrder.objects.values())) + str(list(order.lines.values()))
    for person in ("Hasan", "Siti", "Warung", "Yuli"):
        assert person not in named


def test_a_repeating_cycle_opens_the_next_one_with_todays_prices(round_: Round) -> None:
    cycle = round_.opened(repeats_days=7)
    round_.order(cycle, round_.cast.warung, rice=1)
    set_wholesale_price(satker=round_.cast.satker, pack=round_.cast.sack, price=SACK + 5_000, by=BY)
    close_cycle(cycle=cycle, by=round_.by)
    following = Cycle.objects.get(follows=cycle)
    assert following.state == CycleState.OPEN
    assert following.closes_at == cycle.closes_at + timedelta(days=7)
    assert round_.goods(following)["rice"].price == SACK + 5_000
    extend_cycle(cycle=cycle, closes_at=clock.now() + timedelta(days=1), by=round_.by)
    close_cycle(cycle=cycle, by=round_.by)
    assert Cycle.objects.count() == 2


def test_what_sells_and_runs_out_is_suggested(round_: Round) -> None:
    hasan = round_.cast.warung
    sell(location=location_of_warung(hasan), lines=[Line(round_.cast.rice.pk, 40_000)], reference="sale:1", by=BY)
    cycle = round_.opened()
    hints = hints_for(hasan, cycle, cycle.goods.all())
    rice = round_.goods(cycle)["rice"]
    # 40 kg in four weeks; 10 kg lie there; 17 days to cover: 24,3 kg, less 10 kg, is one sack.
    assert (hints[rice.pk].left, hints[rice.pk].sold, hints[rice.pk].units) == (10_000, 40_000, 1)
    assert list(hints) == [rice.pk]


def test_what_all_want_together_says_how_much_fills_the_next_carton(round_: Round) -> None:
    cycle = round_.opened()
    round_.order(cycle, round_.cast.warung, eggs=(4, 1))
    eggs = next(one for one in sums_of(cycle) if one.good.product_name == "Telur ayam")
    assert (eggs.orders, eggs.firm, eggs.tolerance, eggs.carton, eggs.cartons, eggs.to_next) == (1, 4, 1, 6, 0, 1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_orders_are_bought_in_whole_cartons_that_are_somebodys(round_: Round, data: st.DataObject) -> None:
    """What stands in the tables after closing, for any orders: parts sum to cartons, nobody gets more than firm and tolerance."""
    cycle = round_.opened()
    amounts = st.tuples(st.integers(0, 40), st.integers(0, 12))
    for warung in (round_.cast.warung, round_.cast.other_warung, None):
        wanted = {name: data.draw(amounts, label=f"{name} {warung}") for name in ("rice", "eggs", "sugar")}
        told: dict[str, Any] = {name: pair for name, pair in wanted.items() if pair[0]}
        round_.order(cycle, warung, **told)
    if not cycle.lines.exists():
        return
    cycle = close_cycle(cycle=cycle, by=round_.by)
    for line in PurchaseLine.objects.filter(purchase__cycle=cycle).select_related("offer"):
        assert line.units == line.cartons * line.offer.carton == sum(line.parts.values_list("units", flat=True))
    got: dict[int, int] = {}
    for part in PurchasePart.objects.filter(purchase_line__purchase__cycle=cycle):
        got[part.line_id] = got.get(part.line_id, 0) + part.units
    short = 0
    for wish in cycle.lines.all():
        assert got.get(wish.pk, 0) <= wish.firm + wish.tolerance
        short += max(wish.firm - got.get(wish.pk, 0), 0)
    assert cycle.plan["unfilled"][1] == short


def test_closing_while_warungs_order_takes_each_order_wholly_or_not_at_all(committed: None, kalidoni: Region) -> None:
    from tests.cast import build_cast

    with in_region(kalidoni):
        round_ = open_round(build_cast())
        cycle = round_.opened()
        round_.order(cycle, None, rice=1)
    acts: list[Callable[[], Any]] = [lambda: close_cycle(cycle=cycle, by=BY)]
    acts += [
        lambda warung=warung: round_.order(cycle, warung, rice=3, eggs=6)  # type: ignore[misc]
        for warung in (round_.cast.warung, round_.cast.other_warung)
    ]
    answers = at_once(kalidoni, acts)
    with in_region(kalidoni):
        orders = {order.warung_id: order for order in CycleOrder.objects.all()}
        for answer, warung in zip(answers[1:], (round_.cast.warung, round_.cast.other_warung), strict=True):
            assert isinstance(answer, CycleOrder | CycleClosed)
            assert isinstance(answer, CycleOrder) == (warung.pk in orders)
        cycle.refresh_from_db()
        assert cycle.state == CycleState.LOCKED
        bought = sum(PurchasePart.objects.values_list("units", flat=True))
        assert bought == sum(CycleLine.objects.values_list("firm", flat=True))
