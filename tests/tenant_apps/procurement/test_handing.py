"""What came is shared out, brought, signed for and owed; nobody pays for what it did not get."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tenant_apps.ledger.models import JournalEntry, JournalLine
from tenant_apps.procurement.credit import credit_of
from tenant_apps.procurement.errors import BadPacks, BadPayment, BadShare, NothingToShare, NotSigned, ReasonMissing
from tenant_apps.procurement.models import (
    Allotment,
    ArrivalLine,
    CycleState,
    Distribution,
    HandOver,
    HandOverState,
    PurchasePart,
    RouteStop,
    WarungPayment,
)
from tenant_apps.procurement.services.handing import MOST_WRONG, Signed, bring_again, hand_over, load, miss
from tenant_apps.procurement.services.paying import Paid, take_payment, take_payments
from tenant_apps.procurement.services.receiving import Counted, close_purchase, receive_purchase
from tenant_apps.procurement.services.routing import change_routes
from tenant_apps.procurement.services.sharing import confirm_distribution
from tenants.kernel import clock
from tenants.kernel.errors import DomainError, StaleDocument
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.cast import BY, Cast
from tests.tenant_apps.procurement.caravan import SACK, TRAY, Caravan, set_out
from tests.tenant_apps.procurement.depot import at_once, balances, levels, must_add_up
from tests.trials import rounds

DRAWN = "M10 20L12 24L30 60"


@pytest.fixture
def caravan(market: Cast) -> Caravan:
    return set_out(market)


def came(caravan: Caravan, sacks: int, crates: int, **facts: object) -> None:
    counts = [Counted(caravan.sacks.pk, sacks, **facts), Counted(caravan.crates.pk, crates)]  # type: ignore[arg-type]
    receive_purchase(purchase=caravan.purchase, key=uuid.uuid4(), counts=counts, received_on=clock.today(), by=BY)


def share_out(caravan: Caravan, units: Mapping[int, int] | None = None, **facts: object) -> Distribution:
    return confirm_distribution(cycle=caravan.cycle, key=uuid.uuid4(), units=units, by=BY, **facts)  # type: ignore[arg-type]


def given_units(caravan: Caravan) -> dict[tuple[str, str], int]:
    """Units that were given until now, by taker and product."""
    found: dict[tuple[str, str], int] = {}
    for one in Allotment.objects.select_related("part__line__order__warung", "part__line__good"):
        name = str(one.part.line.order.warung or "Satker"), one.part.line.good.product_name
        found[name] = found.get(name, 0) + one.units
    return found


def to(caravan: Caravan, name: str = "Warung Hasan") -> HandOver:
    return HandOver.objects.filter(warung__name=name).latest("pk")


def give(
    document: HandOver, *units: int, key: uuid.UUID | None = None, signed: Signed | None = None, paid: int = 0
) -> HandOver:
    """So many units of each line, in the order of the lines; all of them when none is told."""
    lines = list(document.lines.all())
    handed = {line.pk: units[at] if units else line.units for at, line in enumerate(lines)}
    return hand_over(
        document=document,
        key=key or uuid.uuid4(),
        handed=handed,
        signed=signed or Signed("Hasan", signature=DRAWN),
        reasons={line.pk: "Telur retak" for line in lines},
        paid=paid,
        by=BY,
    )


def test_everything_that_was_bought_goes_to_whom_it_was_bought_for(caravan: Caravan) -> None:
    came(caravan, 7, 2)
    share_out(caravan)
    assert given_units(caravan) == {
        ("Warung Hasan", "Beras medium"): 4,
        ("Warung Siti", "Beras medium"): 2,
        ("Satker", "Beras medium"): 1,
        ("Warung Hasan", "Telur ayam"): 7,
        ("Warung Siti", "Telur ayam"): 5,
    }
    assert [(one.warung.name, one.planned) for one in HandOver.objects.order_by("pk")] == [
        ("Warung Hasan", 4 * SACK + 7 * TRAY),
        ("Warung Siti", 2 * SACK + 5 * TRAY),
    ]
    # The Satker's own sack lies in its store and is promised to nobody.
    assert levels()["Satker Kalidoni"] == {"Beras medium": (850_000, 300_000), "Telur ayam": (360, 360)}
    assert list(RouteStop.objects.values_list("warung__name", "position")) == [("Warung Hasan", 1), ("Warung Siti", 2)]
    must_add_up()


def test_the_database_keeps_a_part_while_it_is_shared_out(caravan: Caravan) -> None:
    came(caravan, 7, 2)
    share_out(caravan)
    shared = Allotment.objects.first()
    assert shared is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        PurchasePart.objects.filter(pk=shared.part_id)._raw_delete("default")
    shared.pk, shared.part_id = None, 0
    with pytest.raises(IntegrityError), transaction.atomic():
        shared.save(force_insert=True)


def test_what_came_short_is_shared_fairly_and_the_rest_later(caravan: Caravan) -> None:
    came(caravan, 5, 1)
    share_out(caravan)
    first = given_units(caravan)
    # 5 of 7 sacks; 6 trays for 9 that are firm.
    assert first == {
        ("Warung Hasan", "Beras medium"): 3,
        ("Warung Siti", "Beras medium"): 1,
        ("Satker", "Beras medium"): 1,
        ("Warung Hasan", "Telur ayam"): 3,
        ("Warung Siti", "Telur ayam"): 3,
    }
    with pytest.raises(NothingToShare):
        share_out(caravan)
    came(caravan, 1, 0)
    share_out(caravan)
    later = given_units(caravan)
    assert all(later[one] >= first[one] for one in first) and sum(later.values()) == sum(first.values()) + 1


def test_the_satker_may_shift_by_hand_and_says_why(caravan: Caravan) -> None:
    came(caravan, 5, 2)
    hasan, siti = (caravan.part(caravan.sacks, one).pk for one in (caravan.cast.warung, caravan.cast.other_warung))
    for units, refused in (
        ({hasan: 4}, BadShare),
        ({hasan: 2, siti: 3}, BadShare),
        ({hasan: -1, siti: 5}, BadShare),
        ({0: 1}, BadShare),
        ({hasan: 2, siti: 2}, ReasonMissing),
    ):
        with pytest.raises(refused):
            share_out(caravan, units)
    assert not Distribution.objects.exists()
    share_out(caravan, {hasan: 2, siti: 2}, reason="Siti ada hajatan")
    assert given_units(caravan)["Warung Siti", "Beras medium"] == 2
    assert dict(Allotment.objects.exclude(shifted=0).values_list("part", "shifted")) == {hasan: -1, siti: 1}


def test_weighed_goods_are_shared_to_the_gram_and_paid_by_weight(market: Cast) -> None:
    caravan = set_out(market, weighed=True)
    came(caravan, 7, 2, grams=349_123)
    share_out(caravan)
    rows = Allotment.objects.filter(part__purchase_line=caravan.sacks).order_by("part__line")
    assert [one.base_quantity for one in rows] == [199_499, 99_749, 49_875]
    assert sum(one.base_quantity for one in rows) == 349_123
    paying = sum(one.amount for one in rows)
    # Rp 650.000 for 50 kg, of what Hasan and Siti get together.
    assert paying == round(650_000 * 299_248 / 50_000) and rows[2].amount == 0
    give(to(caravan))
    assert levels()["Warung Hasan"]["Beras medium"][0] == 50_000 + 199_499
    must_add_up()


def test_who_signs_has_the_goods_and_owes_them(caravan: Caravan) -> None:
    came(caravan, 7, 2)
    share_out(caravan)
    document = to(caravan)
    assert load(hand_overs=[document], by=BY) == 1 and load(hand_overs=[document], by=BY) == 0
    document = give(document, 4, 5)
    owed = 4 * SACK + 5 * TRAY
    assert (document.state, document.total, document.signed_by) == (HandOverState.HANDED_OVER, owed, "Hasan")
    assert levels()["Warung Hasan"] == {"Beras medium": (250_000, 0), "Telur ayam": (160, 0)}
    # Two trays that Hasan did not take are the Satker's again.
    assert levels()["Satker Kalidoni"]["Telur ayam"] == (210, 150)
    books = {code: amount for code, amount in balances().items() if "satker:purchases" != code != "satker:received"}
    assert books == {
        "warung:purchases": owed,
        "warung:wholesale_debt": -owed,
        "warung:wholesale_owed": owed,
        "satker:sales": -owed,
    }
    assert credit_of(caravan.cast.warung).owed == owed
    assert list(document.history.values_list("move", flat=True)) == ["plan", "load", "hand_over"]
    told = set(
        OutboxMessage.objects.filter(dedupe__startswith=f"notice:handover.{document.number}").values_list(
            "dedupe", flat=True
        )
    )
    assert told == {f"notice:handover.{document.number}.{step}.1" for step in ("plan", "load", "hand_over")}
    must_add_up()


def test_the_same_tap_changes_nothing_and_another_is_refused(caravan: Caravan) -> None:
    came(caravan, 7, 2)
    share_out(caravan)
    document, key = to(caravan), uuid.uuid4()
    give(document, key=key, paid=100_000)
    before = levels(), balances(), JournalEntry.objects.count()
    give(document, key=key, paid=100_000)
    for late in (partial(give, document), partial(miss, document=document, reason="x", by=BY)):
        with pytest.raises(StaleDocument):
            late()
    assert (levels(), balances(), JournalEntry.objects.count()) == before


def test_a_code_signs_as_well_and_guessing_ends(caravan: Caravan) -> None:
    came(caravan, 7, 2)
    share_out(caravan)
    hasan, siti = to(caravan), to(caravan, "Warung Siti")
    assert give(hasan, signed=Signed("Hasan", code=hasan.code)).signed_how == "code"
    wrong = "000000" if siti.code != "000000" else "111111"
    for _guess in range(MOST_WRONG):
        with pytest.raises(NotSigned):
            give(siti, signed=Signed("Siti", code=wrong))
    with pytest.raises(NotSigned):
        give(siti, signed=Signed("Siti", code=siti.code))
    give(siti, signed=Signed("Siti", signature=DRAWN))


@pytest.mark.parametrize(
    "signed",
    [
        Signed("", signature=DRAWN),
        Signed("Hasan"),
        Signed("Hasan", signature="M10 20"),
        Signed("Hasan", signature='M1 1"><script>'),
        Signed("Hasan", signature="M1 1" * 2_000),
    ],
)
def test_without_a_signature_nothing_changes_hands(caravan: Caravan, signed: Signed) -> None:
    came(caravan, 7, 2)
    share_out(caravan)
    before = levels(), balances()
    with pytest.raises(NotSigned):
        give(to(caravan), signed=signed)
    assert (levels(), balances()) == before


def test_more_than_was_brought_and_less_without_a_reason_are_refused(caravan: Caravan) -> None:
    came(caravan, 7, 2)
    share_out(caravan)
    document = to(caravan)
    for units in ((5, 7), (-1, 7)):
        with pytest.raises(BadPacks):
            give(document, *units)
    lines = {line.pk: 0 for line in document.lines.all()}
    for handed in (lines, {}, {**lines, 0: 1}):
        with pytest.raises(BadPacks):
            hand_over(
                document=document, key=uuid.uuid4(), handed=handed, signed=Signed("Hasan", signature=DRAWN), by=BY
            )
    assert credit_of(caravan.cast.warung).owed == 0


def test_nobody_was_there_and_the_goods_come_again(caravan: Caravan) -> None:
    came(caravan, 7, 2)
    share_out(caravan)
    document = to(caravan)
    for _tap in range(2):
        document = miss(document=document, reason="Tutup", by=BY)
    assert levels()["Satker Kalidoni"]["Beras medium"] == (850_000, 100_000)
    document = bring_again(document=document, by=BY)
    assert (document.state, document.attempt) == (HandOverState.PICKING, 2)
    assert levels()["Satker Kalidoni"]["Beras medium"] == (850_000, 300_000)
    give(document)
    assert levels()["Warung Hasan"]["Beras medium"] == (250_000, 0)
    must_add_up()


def test_the_cycle_is_handed_out_when_the_last_has_signed(caravan: Caravan) -> None:
    came(caravan, 6, 2)
    share_out(caravan)
    give(to(caravan))
    give(to(caravan, "Warung Siti"))
    caravan.cycle.refresh_from_db()
    assert caravan.cycle.state == CycleState.RECEIVING
    close_purchase(purchase=caravan.purchase, reason="Habis", by=BY)
    caravan.cycle.refresh_from_db()
    assert caravan.cycle.state == CycleState.DISTRIBUTED
    assert credit_of(caravan.cast.warung).ordered_open == 0


def test_a_warung_pays_in_parts_and_never_more_than_it_owes(caravan: Caravan) -> None:
    came(caravan, 7, 2)
    share_out(caravan)
    give(to(caravan), paid=1_000_000)
    owed = 4 * SACK + 7 * TRAY - 1_000_000
    pay = partial(take_payment, warung=caravan.cast.warung, paid_on=clock.today(), by=BY)
    for amount in (0, -5, owed + 1):
        with pytest.raises(BadPayment):
            pay(key=uuid.uuid4(), amount=amount)
    key = uuid.uuid4()
    assert pay(key=key, amount=500_000) == pay(key=key, amount=500_000)
    assert credit_of(caravan.cast.warung).owed == owed - 500_000
    pay(key=uuid.uuid4(), amount=owed - 500_000, how="transfer", reference="BRI 99")
    assert credit_of(caravan.cast.warung).owed == 0
    books = balances()
    assert (books["satker:cash"], books["satker:bank"]) == (1_500_000, owed - 500_000)
    assert (books["warung:cash"], books["warung:bank"]) == (-1_500_000, 500_000 - owed)
    assert "warung:wholesale_debt" not in books and "warung:wholesale_owed" not in books


def test_money_of_several_warungs_is_written_down_together_or_not_at_all(caravan: Caravan) -> None:
    came(caravan, 7, 2)
    share_out(caravan)
    give(to(caravan))
    paid = [Paid(caravan.cast.warung, 500_000), Paid(caravan.cast.other_warung, 1)]
    with pytest.raises(BadPayment) as refused:
        take_payments(key=uuid.uuid4(), paid=paid, paid_on=clock.today(), by=BY)
    assert refused.value.context == {"warung_id": caravan.cast.other_warung.pk} and not WarungPayment.objects.exists()
    give(to(caravan, "Warung Siti"))
    key = uuid.uuid4()
    for _tap in range(2):
        assert len(take_payments(key=key, paid=paid, paid_on=clock.today(), by=BY)) == 2
    assert balances()["satker:cash"] == 500_001


def test_routes_are_changed_by_name_and_place(caravan: Caravan) -> None:
    came(caravan, 7, 2)
    share_out(caravan)
    hasan, siti = caravan.cast.warung.pk, caravan.cast.other_warung.pk
    change_routes(cycle=caravan.cycle, places={hasan: ("Motor  Andi", 2), siti: ("Motor Andi", 1)})
    assert list(RouteStop.objects.values_list("route__name", "warung")) == [("Motor Andi", siti), ("Motor Andi", hasan)]
    for places in ({hasan: ("", 1)}, {0: ("Motor Andi", 1)}):
        with pytest.raises(BadShare):
            change_routes(cycle=caravan.cycle, places=places)


@settings(max_examples=rounds(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["count", "share", "give", "give", "miss", "again", "pay", "close"]),
            st.integers(0, 4),
            st.integers(0, 3),
        ),
        min_size=4,
        max_size=24,
    )
)
def test_whatever_comes_nobody_pays_for_what_it_did_not_get(market: Cast, steps: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        caravan = set_out(market)
        for step, first, second in steps:
            try:
                with transaction.atomic():
                    _take(caravan, step, first, second)
            except DomainError:
                continue
        got = 0
        for one in HandOver.objects.all():
            event(one.state)
            lines = list(one.lines.all())
            assert one.total == sum(line.handed * line.price for line in lines)
            assert all(line.handed_base == line.handed * line.base_quantity // line.units for line in lines)
            got += one.total
        paid = sum(WarungPayment.objects.values_list("amount", flat=True))
        owed = sum(amount for code, amount in _by_code().items() if code.endswith("wholesale_owed"))
        assert owed == got - paid and got == -_by_code().get("satker:sales", 0)
        for part in (caravan.sacks, caravan.crates):
            shared = sum(Allotment.objects.filter(part__purchase_line=part).values_list("units", flat=True))
            arrived = sum(line.cartons * part.offer.carton for line in ArrivalLine.objects.filter(line=part))
            assert shared <= arrived <= part.units
        for entry in JournalEntry.objects.all():
            assert sum(entry.lines.values_list("amount", flat=True)) == 0
        must_add_up()
        transaction.set_rollback(True)


def _by_code() -> dict[str, int]:
    found: dict[str, int] = {}
    for code, amount in JournalLine.objects.values_list("account__code", "amount"):
        found[code] = found.get(code, 0) + amount
    return found


def _take(caravan: Caravan, step: str, first: int, second: int) -> None:
    documents = list(HandOver.objects.order_by("pk"))
    document = documents[first % len(documents)] if documents else None
    if step == "count":
        came(caravan, first, second)
    elif step == "share":
        share_out(caravan)
    elif step == "close":
        close_purchase(purchase=caravan.purchase, reason="Habis", by=BY)
    elif step == "pay":
        take_payment(warung=caravan.cast.warung, key=uuid.uuid4(), amount=first * 400_000, paid_on=clock.today(), by=BY)
    elif document is not None and step == "give":
        give(document, *[max(line.units - second, 0) for line in document.lines.all()])
    elif document is not None and step == "miss":
        miss(document=document, reason="Tutup", by=BY)
    elif document is not None:
        bring_again(document=document, by=BY)


def test_sharing_out_costs_no_query_more_for_more_goods(market: Cast) -> None:
    caravan = set_out(market)
    came(caravan, 1, 0)
    with CaptureQueriesContext(connection) as few:
        share_out(caravan)
    came(caravan, 6, 2)
    with CaptureQueriesContext(connection) as many:
        share_out(caravan)
    assert len(many) <= len(few)


@pytest.mark.usefixtures("committed")
class TestRaces:
    def test_two_phones_hand_over_once(self, kalidoni: Region, market: Cast) -> None:
        caravan = set_out(market)
        came(caravan, 7, 2)
        share_out(caravan)
        document = to(caravan)
        answers = at_once(kalidoni, [partial(give, document) for _phone in range(4)])
        assert sorted(type(one).__name__ for one in answers) == ["HandOver"] + ["StaleDocument"] * 3
        assert credit_of(market.warung).owed == 4 * SACK + 7 * TRAY
        must_add_up()

    def test_two_warungs_are_served_at_once(self, kalidoni: Region, market: Cast) -> None:
        caravan = set_out(market)
        came(caravan, 7, 2)
        share_out(caravan)
        both = [to(caravan), to(caravan, "Warung Siti")]
        answers = at_once(kalidoni, [partial(give, one, paid=50_000) for one in both])
        assert [type(one) for one in answers] == [HandOver, HandOver]
        caravan.cycle.refresh_from_db()
        assert caravan.cycle.state == CycleState.DISTRIBUTED
        must_add_up()

    def test_two_payments_at_once_never_pay_too_much(self, kalidoni: Region, market: Cast) -> None:
        caravan = set_out(market)
        came(caravan, 7, 2)
        share_out(caravan)
        give(to(caravan), 1, 0)
        pay = partial(take_payment, warung=market.warung, amount=SACK, paid_on=clock.today(), by=BY)
        answers = at_once(kalidoni, [partial(pay, key=uuid.uuid4()) for _desk in range(3)])
        assert sorted(type(one).__name__ for one in answers) == ["BadPayment", "BadPayment", "WarungPayment"]
        must_add_up()
