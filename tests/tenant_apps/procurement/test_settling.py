"""Order, receipt and invoice beside each other; what is owed and paid; what goods cost once they are here."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from shared_apps.exchange.models import InvoiceState, OrderState, SupplierInvoice, SupplierOrder
from shared_apps.exchange.services import Answer, accept_change, change, refuse
from tenant_apps.ledger.models import JournalEntry
from tenant_apps.pricing.services import set_wholesale_price
from tenant_apps.procurement.agreed import standing_of
from tenant_apps.procurement.errors import NotExplained, NotSettled
from tenant_apps.procurement.matching import ThreeWay, freight_shares, three_way
from tenant_apps.procurement.models import (
    ArrivalLine,
    CycleState,
    InvoiceMatch,
    InvoiceMatchLine,
    LandedCost,
    PurchaseLine,
)
from tenant_apps.procurement.services.handing import miss
from tenant_apps.procurement.services.receiving import (
    Counted,
    close_purchase,
    receive_purchase,
    return_to_supplier,
    take_back_arrival,
)
from tenant_apps.procurement.services.settling import dispute, match, pay_supplier, settle_cycle, to_pay
from tenant_apps.procurement.services.sharing import confirm_distribution
from tenants.context import in_region
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.models import Region
from tests.cast import BY, browser_of, build_cast
from tests.shared_apps.exchange.ordering import Deal
from tests.tenant_apps.procurement.caravan import Caravan, ordered
from tests.tenant_apps.procurement.depot import balances, must_add_up

SACKS, CRATES = 600_000, 280_000


@dataclass
class Trade:
    """Kalidoni's cycle at Sinar Musi: 7 sacks and 2 crates, freight Rp 50.000."""

    deal: Deal
    caravan: Caravan
    order: SupplierOrder

    def count(self, *counts: Counted) -> Any:
        return receive_purchase(
            purchase=self.caravan.purchase, key=uuid.uuid4(), counts=counts, received_on=clock.today(), by=BY
        )

    def came(self, sacks: int, crates: int, **facts: Any) -> Any:
        counts = (Counted(self.caravan.sacks.pk, sacks, **facts), Counted(self.caravan.crates.pk, crates))
        return self.count(*counts)

    def bill(self, sacks: int, crates: int, *, number: str = "F-1", **facts: Any) -> SupplierInvoice:
        packs = {sku: packs for sku, packs in (("BR-50", sacks), ("TL-180", crates)) if packs}
        invoice: SupplierInvoice = self.deal.bill(self.seen(), packs, number=number, **facts)
        return SupplierInvoice.objects.select_related("order").get(pk=invoice.pk)

    def seen(self) -> SupplierOrder:
        return SupplierOrder.objects.get(pk=self.order.pk)

    def board(self, invoice: SupplierInvoice) -> ThreeWay:
        return three_way(standing_of(self.caravan.purchase), invoice)

    def match(self, invoice: SupplierInvoice, **facts: Any) -> InvoiceMatch:
        return match(purchase=self.caravan.purchase, invoice=invoice, by=BY, **facts)

    def give_back(self, line: PurchaseLine, cartons: int) -> Any:
        return return_to_supplier(line=line, key=uuid.uuid4(), cartons=cartons, reason="Berkutu", by=BY)

    def pay(self, found: InvoiceMatch, how: str = "transfer") -> Any:
        return pay_supplier(found=found, key=uuid.uuid4(), how=how, paid_on=clock.today(), reference="BRI 7", by=BY)


@pytest.fixture
def trade(kalidoni: Region) -> Iterator[Trade]:
    deal = Deal(kalidoni, order_freight=50_000)
    with in_region(kalidoni):
        caravan, order = ordered(deal, build_cast())
        yield Trade(deal, caravan, order)


def test_the_exchange_learns_what_came(trade: Trade) -> None:
    trade.came(4, 1, rejected=1, reason="Basah")
    line = {one.sku: one for one in trade.seen().lines.all()}
    assert (line["BR-50"].packs_received, line["BR-50"].packs_rejected) == (4, 1)
    assert trade.seen().state == OrderState.SHIPPED
    trade.came(2, 1)
    assert trade.seen().state == OrderState.RECEIVED


def test_an_order_without_an_answer_takes_in_nothing(kalidoni: Region) -> None:
    deal = Deal(kalidoni)
    with in_region(kalidoni):
        caravan, order = ordered(deal, build_cast(), answered=False)
        with pytest.raises(StaleDocument):
            Trade(deal, caravan, order).came(1, 0)
        deal.as_supplier(refuse, order, reason="Habis")
        close_purchase(purchase=caravan.purchase, reason="Habis", by=BY)
        caravan.cycle.refresh_from_db()
        assert caravan.cycle.state == CycleState.DISTRIBUTED


def test_what_was_counted_wrongly_is_counted_anew_and_told_once(trade: Trade) -> None:
    wrong = trade.came(7, 2)
    assert trade.seen().state == OrderState.RECEIVED
    take_back_arrival(arrival=wrong, key=uuid.uuid4(), reason="Salah", by=BY)
    trade.came(6, 2)
    standing = standing_of(trade.caravan.purchase)
    assert standing.takes_goods and standing.value == 6 * SACKS + 2 * CRATES


def test_an_invoice_that_fits_is_matched_and_paid(trade: Trade) -> None:
    trade.came(7, 2)
    invoice = trade.bill(7, 2, freight=50_000)
    assert trade.board(invoice).fits
    found = trade.match(invoice)
    assert trade.match(invoice) == found
    whole = 7 * SACKS + 2 * CRATES
    payable = f"supplier:{trade.deal.supplier.public_id}:payable"
    assert balances() == {"satker:purchases": whole, "satker:freight": 50_000, payable: -whole - 50_000}
    for _tap in range(2):
        payment = trade.pay(found)
    assert payment.amount == whole + 50_000
    assert balances() == {"satker:purchases": whole, "satker:freight": 50_000, "satker:bank": -whole - 50_000}
    assert (trade.seen().state, SupplierInvoice.objects.get().state) == (OrderState.PAID, InvoiceState.PAID)
    must_add_up()


def test_freight_is_shared_out_to_the_rupiah_and_makes_the_cost(trade: Trade) -> None:
    trade.came(7, 2)
    trade.match(trade.bill(7, 2, freight=49_999))
    rows = list(InvoiceMatchLine.objects.order_by("line"))
    assert [row.freight for row in rows] == [44_117, 5_882]
    assert [row.cost for row in rows] == [7 * SACKS + 44_117, 2 * CRATES + 5_882]
    newest = LandedCost.objects.filter(product=trade.caravan.cast.rice)[0]
    assert (newest.amount, newest.base_quantity) == (7 * SACKS + 44_117, 350_000)


def test_the_satker_sees_a_wholesale_price_below_the_cost(trade: Trade) -> None:
    cast = trade.caravan.cast
    yuli = browser_of(cast.yuli)
    assert "600.000" not in yuli.get("/satker/harga-grosir/").content.decode()
    trade.came(7, 2)
    page = yuli.get("/satker/harga-grosir/").content.decode()
    # Freight as it was agreed: Rp 44.118 of Rp 50.000 are the rice's.
    assert "606.303" in page and "di bawah modal" not in page
    set_wholesale_price(satker=cast.satker, pack=cast.sack, price=606_302, by=BY)
    assert "di bawah modal" in yuli.get("/satker/harga-grosir/").content.decode()


def test_freight_by_weight_needs_a_weight(trade: Trade) -> None:
    trade.came(7, 2)
    invoice = trade.bill(7, 2, freight=50_000)
    with pytest.raises(NotExplained):
        trade.match(invoice, freight_by="weight")
    assert not InvoiceMatch.objects.exists() and SupplierInvoice.objects.get().state == InvoiceState.SUBMITTED
    assert sum(freight_shares(trade.board(invoice), "weight")) == 50_000


def test_more_is_asked_for_than_came(trade: Trade) -> None:
    """Two sacks were wet: the invoice names them all the same."""
    trade.came(5, 2, rejected=2, reason="Basah")
    invoice = trade.bill(7, 2, freight=50_000)
    board = trade.board(invoice)
    assert [line.difference for line in board.lines] == [2 * SACKS, 0]
    assert board.lines[0].words and not board.lines[1].words
    with pytest.raises(NotExplained):
        trade.match(invoice)
    dispute(purchase=trade.caravan.purchase, invoice=invoice, reason="Dua karung basah", by=BY)
    assert SupplierInvoice.objects.get().reason == "Dua karung basah"
    corrected = trade.bill(5, 2, number="F-2", freight=50_000)
    assert trade.board(corrected).fits
    trade.match(corrected)
    assert "satker:received" not in balances()
    with pytest.raises(StaleDocument):
        dispute(purchase=trade.caravan.purchase, invoice=corrected, reason="x", by=BY)


def test_a_difference_that_is_explained_is_a_cost(trade: Trade) -> None:
    trade.came(6, 2, rejected=1, reason="Basah")
    found = trade.match(trade.bill(7, 2), explanation="Basah di gudang kami")
    assert found.difference == SACKS and found.explanation
    books = balances()
    assert books["satker:purchases"] == 7 * SACKS + 2 * CRATES and "satker:received" not in books
    # The six good sacks bear the seventh.
    newest = LandedCost.objects.filter(product=trade.caravan.cast.rice)[0]
    assert (newest.amount, newest.base_quantity) == (7 * SACKS, 300_000)


def test_two_invoices_share_what_came(trade: Trade) -> None:
    trade.came(7, 2)
    first, second = trade.bill(3, 2), trade.bill(4, 0, number="F-2", freight=50_000)
    for invoice in (first, second):
        assert trade.board(invoice).fits
        trade.match(invoice)
    assert "satker:received" not in balances()


def test_what_goes_back_after_the_invoice_makes_the_payment_smaller(trade: Trade) -> None:
    trade.came(7, 2)
    found = trade.match(trade.bill(7, 2))
    back = trade.give_back(trade.caravan.sacks, 1)
    assert (back.value, back.claimed) == (SACKS, SACKS)
    assert to_pay(found) == 6 * SACKS + 2 * CRATES
    assert trade.pay(found).amount == 6 * SACKS + 2 * CRATES
    trade.give_back(trade.caravan.sacks, 1)
    # It was paid: the supplier owes it.
    assert balances()[f"supplier:{trade.deal.supplier.public_id}:payable"] == SACKS
    must_add_up()


def test_what_goes_back_before_the_invoice_is_not_owed(trade: Trade) -> None:
    trade.came(7, 2)
    trade.give_back(trade.caravan.sacks, 1)
    invoice = trade.bill(6, 2)
    assert trade.board(invoice).fits
    trade.match(invoice)
    assert "satker:received" not in balances()


def test_a_lower_price_is_told_in_words(trade: Trade) -> None:
    trade.came(7, 0)
    board = trade.board(trade.bill(7, 0, price=595_000))
    assert board.difference == -35_000 and "5.000" in board.lines[0].words[0]


def test_the_supplier_offered_another_price_and_it_counts(kalidoni: Region) -> None:
    deal = Deal(kalidoni)
    with in_region(kalidoni):
        caravan, order = ordered(deal, build_cast(), answered=False)
        lines = deal.lines(order)
        deal.as_supplier(change, order, answers={lines["BR-50"].pk: Answer(5, 590_000)})
        trade = Trade(deal, caravan, order)
        with pytest.raises(StaleDocument):
            trade.came(5, 2)
        deal.as_region(accept_change, order)
        assert trade.came(5, 2).value == 5 * 590_000 + 2 * CRATES
        assert standing_of(caravan.purchase).is_ended


def test_a_cycle_is_settled_when_nothing_is_open(trade: Trade) -> None:
    trade.came(7, 1, rejected=0)
    trade.count(Counted(trade.caravan.crates.pk, 0, rejected=1, units=3, reason="Pecah"))
    confirm_distribution(cycle=trade.caravan.cycle, key=uuid.uuid4(), by=BY)
    for document in trade.caravan.cycle.hand_overs.all():
        miss(document=document, reason="Tutup", by=BY)
    trade.caravan.cycle.refresh_from_db()
    assert trade.caravan.cycle.state == CycleState.DISTRIBUTED
    found = trade.match(trade.bill(7, 1))
    with pytest.raises(NotSettled):
        settle_cycle(cycle=trade.caravan.cycle, by=BY)
    trade.pay(found, "cash")
    with pytest.raises(NotExplained):
        settle_cycle(cycle=trade.caravan.cycle, by=BY)
    for _tap in range(2):
        cycle = settle_cycle(cycle=trade.caravan.cycle, by=BY, explanation="Tiga papan bonus")
    assert cycle.state == CycleState.SETTLED
    assert "satker:received" not in balances()
    assert ArrivalLine.objects.count() == 3 and JournalEntry.objects.filter(key__endswith=":settled").count() == 1
    must_add_up()
