"""Goods of a purchase come in, in parts; what was counted wrongly is taken back; what is bad goes back."""

from __future__ import annotations

import uuid
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from tenant_apps.ledger.models import JournalEntry
from tenant_apps.procurement.agreed import standing_of
from tenant_apps.procurement.errors import BadReceipt, ReasonMissing
from tenant_apps.procurement.models import Arrival, ArrivalLine, CycleState, LandedCost, PurchaseLine, ReturnToSupplier
from tenant_apps.procurement.services.receiving import (
    Counted,
    close_purchase,
    receive_purchase,
    return_to_supplier,
    take_back_arrival,
)
from tenant_apps.stock.models import StockLot
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.models import Region
from tests.cast import BY, Cast
from tests.tenant_apps.procurement.caravan import Caravan, set_out
from tests.tenant_apps.procurement.depot import at_once, balances, levels, must_add_up


@pytest.fixture
def caravan(market: Cast) -> Caravan:
    return set_out(market)


def count(caravan: Caravan, *counts: Counted, key: uuid.UUID | None = None) -> Arrival:
    return receive_purchase(
        purchase=caravan.purchase,
        key=key or uuid.uuid4(),
        counts=counts,
        received_on=clock.today(),
        reference="SJ-7",
        by=BY,
    )


def in_store() -> tuple[int, int]:
    """Rice in grams and eggs, at the Satker; it had 500 kg of rice."""
    there = levels()["Satker Kalidoni"]
    return there["Beras medium"][0] - 500_000, there.get("Telur ayam", (0, 0))[0]


def test_what_is_good_lies_in_the_store_and_is_owed_when_it_is_invoiced(caravan: Caravan) -> None:
    arrival = count(
        caravan,
        Counted(caravan.sacks.pk, 5, rejected=1, reason="Karung sobek"),
        Counted(caravan.crates.pk, 1, rejected=1, units=4, reason="Peti jatuh", expires_on=clock.today()),
    )
    # 5 sacks, one crate and 4 trays of 6 out of the broken one, at Rp 280.000 a crate.
    assert arrival.value == 5 * 600_000 + 280_000 + 186_667
    assert in_store() == (250_000, 300)
    assert balances() == {"satker:purchases": arrival.value, "satker:received": -arrival.value}
    caravan.cycle.refresh_from_db()
    assert caravan.cycle.state == CycleState.RECEIVING
    assert StockLot.objects.get().left == 300
    standing = standing_of(caravan.purchase)
    assert standing.value == arrival.value
    assert {pk: terms.more(standing.tallies[pk]) for pk, terms in standing.terms.items()} == {
        caravan.sacks.pk: 1,
        caravan.crates.pk: 0,
    }
    must_add_up()


def test_the_rest_comes_later_and_more_than_the_rest_is_refused(caravan: Caravan) -> None:
    count(caravan, Counted(caravan.sacks.pk, 5))
    with pytest.raises(BadReceipt) as refused:
        count(caravan, Counted(caravan.sacks.pk, 3))
    assert refused.value.context == {"line_id": caravan.sacks.pk}
    count(caravan, Counted(caravan.sacks.pk, 2), Counted(caravan.crates.pk, 2))
    assert in_store() == (350_000, 360)
    with pytest.raises(StaleDocument):
        count(caravan, Counted(caravan.sacks.pk, 1))
    assert balances()["satker:received"] == -caravan.purchase.goods


@pytest.mark.parametrize(
    "wrong",
    [
        {"cartons": -1},
        {"cartons": 1, "rejected": 1},
        {"cartons": 1, "units": 1},
        {"cartons": 0, "rejected": 1, "units": 2, "reason": "x"},
        {"cartons": 10**12},
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(caravan: Caravan, wrong: dict[str, object]) -> None:
    with pytest.raises(BadReceipt):
        count(caravan, Counted(caravan.sacks.pk, **wrong))  # type: ignore[arg-type]
    with pytest.raises(BadReceipt):
        count(caravan, Counted(caravan.sacks.pk, 0))
    with pytest.raises(BadReceipt):
        count(caravan, Counted(0, 1))
    assert not Arrival.objects.exists() and in_store() == (0, 0) and balances() == {}


def test_the_same_tap_counts_once(caravan: Caravan) -> None:
    key = uuid.uuid4()
    first = count(caravan, Counted(caravan.sacks.pk, 2), key=key)
    assert count(caravan, Counted(caravan.sacks.pk, 2), key=key) == first
    assert in_store() == (100_000, 0) and JournalEntry.objects.count() == 1


def test_an_arrival_is_taken_back_as_a_whole_and_counted_anew(caravan: Caravan) -> None:
    wrong = count(caravan, Counted(caravan.sacks.pk, 7), Counted(caravan.crates.pk, 2))
    key = uuid.uuid4()
    with pytest.raises(ReasonMissing):
        take_back_arrival(arrival=wrong, key=key, reason=" ", by=BY)
    back = take_back_arrival(arrival=wrong, key=key, reason="Salah hitung", by=BY)
    assert take_back_arrival(arrival=wrong, key=key, reason="Salah hitung", by=BY) == back
    assert (in_store(), balances(), back.value) == ((0, 0), {}, -wrong.value)
    for again in (wrong, back):
        with pytest.raises(StaleDocument):
            take_back_arrival(arrival=again, key=uuid.uuid4(), reason="Lagi", by=BY)
    count(caravan, Counted(caravan.sacks.pk, 6), Counted(caravan.crates.pk, 2))
    assert in_store() == (300_000, 360)
    must_add_up()


def test_the_database_keeps_what_was_counted(caravan: Caravan) -> None:
    count(caravan, Counted(caravan.sacks.pk, 1))
    for model in (Arrival, ArrivalLine, LandedCost):
        for sql in (f"UPDATE {model._meta.db_table} SET id = id", f"DELETE FROM {model._meta.db_table}"):
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)


def test_weighed_goods_are_worth_their_weight(market: Cast) -> None:
    caravan = set_out(market, weighed=True)
    with pytest.raises(BadReceipt):
        count(caravan, Counted(caravan.sacks.pk, 7))
    arrival = count(caravan, Counted(caravan.sacks.pk, 7, grams=349_123))
    # Rp 600.000 for 50 kg.
    assert arrival.value == 4_189_476
    assert in_store() == (349_123, 0)
    assert LandedCost.objects.get().amount == 7 * 600_000 + 44_118


def give_back(line: PurchaseLine, cartons: int, **facts: object) -> ReturnToSupplier:
    return return_to_supplier(line=line, key=uuid.uuid4(), cartons=cartons, reason="Berkutu", by=BY, **facts)  # type: ignore[arg-type]


def test_what_goes_back_is_no_longer_owed(caravan: Caravan) -> None:
    count(caravan, Counted(caravan.sacks.pk, 7))
    back = give_back(caravan.sacks, 2)
    assert (back.value, back.claimed) == (1_200_000, 0)
    assert in_store() == (250_000, 0)
    assert balances() == {"satker:purchases": 3_000_000, "satker:received": -3_000_000}
    with pytest.raises(BadReceipt):
        give_back(caravan.sacks, 6)
    must_add_up()


def test_closing_says_that_nothing_more_comes(caravan: Caravan) -> None:
    count(caravan, Counted(caravan.sacks.pk, 5))
    with pytest.raises(ReasonMissing):
        close_purchase(purchase=caravan.purchase, reason="", by=BY)
    for _tap in range(2):
        close_purchase(purchase=caravan.purchase, reason="Pemasok kehabisan", by=BY)
    assert standing_of(caravan.purchase).is_ended
    with pytest.raises(StaleDocument):
        count(caravan, Counted(caravan.sacks.pk, 1))


def test_a_cycle_of_which_nothing_comes_is_handed_out_at_once(caravan: Caravan) -> None:
    close_purchase(purchase=caravan.purchase, reason="Pemasok tutup", by=BY)
    caravan.cycle.refresh_from_db()
    assert caravan.cycle.state == CycleState.DISTRIBUTED


@pytest.mark.usefixtures("committed")
class TestRaces:
    def test_two_counts_at_once_never_take_more_than_was_bought(self, kalidoni: Region, market: Cast) -> None:
        caravan = set_out(market)
        counts = [partial(count, caravan, Counted(caravan.sacks.pk, 4)) for _phone in range(2)]
        answers = at_once(kalidoni, counts)
        assert sorted(type(one).__name__ for one in answers) == ["Arrival", "BadReceipt"]
        assert in_store() == (200_000, 0)
        must_add_up()

    def test_many_taps_on_one_button_count_once(self, kalidoni: Region, market: Cast) -> None:
        caravan, key = set_out(market), uuid.uuid4()
        answers = at_once(kalidoni, [partial(count, caravan, Counted(caravan.sacks.pk, 4), key=key)] * 8)
        assert len({one.pk for one in answers}) == 1 and in_store() == (200_000, 0)
