"""What cycles saved: hand-made examples, sums that agree, both sides' pages."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenant_apps.procurement.insight.periods import of_cycle, quarter_of
from tenant_apps.procurement.insight.savings import by_cycle, by_good, by_month, by_warung, lines_of, total
from tenant_apps.procurement.models import Cycle, CycleOrder, CycleSaving, GoodSaving, OrderSaving
from tenant_apps.procurement.services import close_cycle, send_purchases
from tenant_apps.procurement.services.saving import reckon_due_savings, reckon_savings
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.procurement.caravan import SACK, TRAY, set_out
from tests.tenant_apps.procurement.insight.bringing import ordered
from tests.tenant_apps.procurement.insight.test_pages import csv_of, shown, xlsx_of
from tests.tenant_apps.procurement.round import Round
from tests.tenant_apps.procurement.test_handing import came, give, share_out, to


def saved_by(cycle: Cycle) -> dict[str, tuple[int, int]]:
    """Paid and alone by warung."""
    rows = OrderSaving.objects.filter(saving__cycle=cycle).select_related("order__warung")
    return {str(row.order.warung): (row.paid, row.alone) for row in rows}


def test_each_warung_against_its_own_freight_and_cartons(market: Cast) -> None:
    """Hasan gets 4 sacks and 7 trays, Siti 2 sacks and 5 trays; an order of their own costs Rp 50.000 of freight each.

    Alone Hasan pays 4 x 600.000, and 7 of the 12 trays of two crates at 280.000; the market's 750.000 a sack and 66.000 a tray
    are dearer.
    """
    caravan = set_out(market)
    reckon_savings(cycle=caravan.cycle)
    assert saved_by(caravan.cycle) == {
        "Warung Hasan": (4 * SACK + 7 * TRAY, 4 * 600_000 + 7 * 280_000 // 6 + 50_000),
        "Warung Siti": (2 * SACK + 5 * TRAY, 2 * 600_000 + 5 * 280_000 // 6 + 50_000),
    }
    # Both paid more than at these suppliers alone: that is said, not hidden.
    assert total(of_cycle(caravan.cycle)).saved < 0


def test_what_was_handed_over_counts_once_all_is(market: Cast) -> None:
    caravan = set_out(market, freight=900_000)
    reckon_savings(cycle=caravan.cycle)
    assert not CycleSaving.objects.get().final
    came(caravan, 7, 2)
    share_out(caravan)
    for name, units in (("Warung Hasan", (4, 6)), ("Warung Siti", ())):
        give(to(caravan, name), *units)
    caravan.cycle.refresh_from_db()
    assert caravan.cycle.state == "distributed"
    assert reckon_due_savings() == 1 and reckon_due_savings() == 0
    assert CycleSaving.objects.get().final
    # Hasan took 6 of his 7 trays: the market is the cheaper way for those and for the sacks, against Rp 900.000 of freight.
    paid, alone = saved_by(caravan.cycle)["Warung Hasan"]
    assert paid == 4 * SACK + 6 * TRAY
    assert alone == 4 * 750_000 + 6 * 66_000


def test_sums_agree_whichever_way_they_are_taken(round_: Round) -> None:
    cycle, _order = ordered(round_)
    assert reckon_due_savings() == 1
    period = of_cycle(cycle)
    whole = total(period)
    assert whole.paid > 0 and whole.waiting == 0 and whole.unfinished == 1
    for rows in (by_cycle(period), by_warung(period), by_good(period), [one for _day, one in by_month(period)]):
        assert (sum(one.paid for one in rows), sum(one.alone for one in rows)) == (whole.paid, whole.alone)
    for order in CycleOrder.objects.filter(cycle=cycle):
        lines = [line.told for line in lines_of(order)]
        assert (sum(one.paid for one in lines), sum(one.alone for one in lines)) == (
            order.saving.paid,
            order.saving.alone,
        )


def test_reckoning_again_changes_nothing(round_: Round) -> None:
    cycle, _order = ordered(round_)

    def facts() -> list[Any]:
        return [
            list(OrderSaving.objects.order_by("order_id").values_list("order_id", "paid", "alone", "unknown")),
            list(GoodSaving.objects.order_by("good_id").values_list("good_id", "units", "paid", "alone")),
        ]

    reckon_savings(cycle=cycle)
    before = facts()
    reckon_savings(cycle=cycle)
    assert facts() == before and before[0] and before[1]


def test_a_cycle_that_is_not_ordered_has_no_savings(round_: Round) -> None:
    cycle = round_.closed()
    assert reckon_due_savings() == 0
    assert reckon_savings(cycle=cycle) is None
    assert not CycleSaving.objects.exists()


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 3), st.integers(0, 25)), min_size=2, max_size=2
    )
)
def test_a_cycles_savings_are_those_of_its_warungs(round_: Round, wishes: list[tuple[int, int, int, int]]) -> None:
    cycle = round_.opened()
    for warung, (rice, eggs, spare, sugar) in zip((round_.cast.warung, round_.cast.other_warung), wishes, strict=True):
        wanted: dict[str, Any] = {"rice": rice + 1}
        if eggs:
            wanted["eggs"] = eggs, spare
        if sugar:
            wanted["sugar"] = sugar
        round_.order(cycle, warung, **wanted)
    cycle = send_purchases(cycle=close_cycle(cycle=cycle, by=BY), by=BY)
    reckon_savings(cycle=cycle)
    period = of_cycle(cycle)
    assert (
        total(period).saved == sum(one.saved for one in by_warung(period)) == sum(one.saved for one in by_good(period))
    )


def test_the_satker_sees_them_and_takes_them_along(round_: Round) -> None:
    yuli: Client = browser_of(round_.cast.yuli)
    assert "unduh" not in shown(yuli.get("/satker/wawasan/hemat/"))
    cycle, _order = ordered(round_)
    reckon_due_savings()
    own = round_.cast.warung
    for tab, name in (("warung", "Warung Hasan"), ("putaran", "Restok Selasa"), ("barang", "Beras medium")):
        assert name in shown(yuli.get(f"/satker/wawasan/hemat/?periode=P-{cycle.number}&tab={tab}"))
        head, *rows = xlsx_of(yuli.get(f"/satker/wawasan/hemat/?periode=P-{cycle.number}&tab={tab}&unduh=xlsx"))
        assert name in [row[0] for row in rows] and all(isinstance(row[3], float) for row in rows)
        assert len(head) == 7
    url = f"/satker/wawasan/hemat/{cycle.number}/{own.public_id}/"
    assert "Beras medium" in shown(yuli.get(url))
    assert len(csv_of(yuli.get(f"{url}?unduh=csv"))) == 4
    assert yuli.get(f"/satker/wawasan/hemat/AAAAAA/{own.public_id}/").status_code == 404
    assert browser_of(round_.cast.hasan).get(url).status_code in (403, 404)


def test_an_owner_sees_what_the_own_order_saved(round_: Round) -> None:
    cycle, _order = ordered(round_)
    hasan = browser_of(round_.cast.hasan)
    url = f"/toko/restok/putaran/{cycle.number}/"
    assert "Cara menghitungnya" not in shown(hasan.get(url))
    reckon_due_savings()
    OrderSaving.objects.filter(order__warung=round_.cast.warung).update(paid=1_000_000, alone=1_123_000)
    OrderSaving.objects.filter(order__warung=round_.cast.other_warung).update(paid=1_000_000, alone=1_777_000)
    page = shown(hasan.get(url))
    assert "Anda akan hemat kira-kira" in page and "Rp 123.000" in page and "777.000" not in page
    OrderSaving.objects.update(alone=991_000)
    assert "Rp 9.000" in shown(hasan.get(url)) and "hemat kira-kira" not in shown(hasan.get(url))


def test_a_cycle_costs_the_same_queries_for_many_warungs(round_: Round) -> None:
    yuli = browser_of(round_.cast.yuli)
    cycle, _order = ordered(round_)

    def cost(act: Any) -> int:
        act()
        with CaptureQueriesContext(connection) as asked:
            act()
        return len(asked)

    acts = [
        lambda: reckon_savings(cycle=cycle),
        lambda: yuli.get("/satker/wawasan/hemat/"),
        lambda: yuli.get("/satker/wawasan/hemat/?tab=barang&unduh=csv"),
        lambda: total(quarter_of(cycle.deliver_on)),
    ]
    before = [cost(act) for act in acts]
    OrderSaving.objects.all().delete()
    other, _order = ordered(round_)
    reckon_savings(cycle=other)
    assert [cost(act) for act in acts] == before
