"""Something else instead of a line: only where its customer allows it, never dearer, with the promise moved along."""

from __future__ import annotations

import uuid
from functools import partial

import pytest

from tenant_apps.catalog.models import Pack, Product
from tenant_apps.ledger.services import account_of_citizen
from tenant_apps.orders.baskets import in_carts
from tenant_apps.orders.errors import BadLine, BadWeight, NotOffered
from tenant_apps.orders.models import Order, OrderLine
from tenant_apps.orders.services.carting import fill_again, put_in_cart
from tenant_apps.orders.services.filling import accept_order, call_off, hand_over, pack_order
from tenant_apps.orders.services.placing import SeenLine
from tenant_apps.orders.services.replacing import replace_line
from tenant_apps.orders.services.returning import left_to_return
from tenant_apps.payments.models import Method as Pay
from tenant_apps.pricing.services import observe_market, publish_price
from tenant_apps.stock.errors import StockShort
from tenant_apps.stock.services import Line, location_of_warung, receive
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.models import Region
from tests.benchmarks.sides.clicking import form_with
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.orders.desk import at_once, balances, footprint, levels, must_add_up, place
from tests.tenant_apps.payments.purse import top_up

HASAN = "user:hasan"


@pytest.fixture
def premium(market: Cast) -> Pack:
    """Hasan also has 20 kg of better rice, at Rp 16.000 a kilo."""
    product = Product.objects.create(
        sku="SB-002", name="Beras premium", category=market.rice.category, base_unit=market.rice.base_unit
    )
    pack = Pack.objects.create(product=product, label="kg", base_quantity=1_000)
    today = clock.today("Asia/Jakarta")
    observe_market(
        product=product, market="Pasar Lemabang", observed_on=today, per_quantity=1_000, price=17_000, observer="Yuli"
    )
    receive(location=location_of_warung(market.warung), lines=[Line(product.pk, 20_000)], reference="o:3", by=BY)
    publish_price(warung=market.warung, pack=pack, price=16_000, by=BY)
    return pack


def accepted(market: Cast, *, may_replace: bool = True, pay: Pay = Pay.CASH) -> Order:
    """2 kg of rice for Rp 29.000, which may be replaced, and 3 eggs for Rp 6.000, which may not."""
    lines = [
        SeenLine(market.kilo.pk, 2, 14_500, may_replace=may_replace, note="yang pulen"),
        SeenLine(market.piece.pk, 3, 2_000),
    ]
    return accept_order(order=place(market, lines=lines, pay=pay), by=HASAN)


def rice_of(order: Order, market: Cast) -> OrderLine:
    return order.lines.get(product=market.rice)


@pytest.mark.parametrize(
    ("case", "count", "each"),
    [
        ("dearer costs what was ordered", 2, 14_500),
        ("fewer packs at their own price", 1, 16_000),
        ("a part of a rupiah is the customer's", 3, 9_666),
    ],
)
def test_the_lower_price_counts(market: Cast, premium: Pack, case: str, count: int, each: int) -> None:
    order = accepted(market)
    new = replace_line(order=order, line_id=rice_of(order, market).pk, pack=premium, quantity=count, by=HASAN)
    assert (new.price, new.total, new.product_name, new.market_price) == (each, count * each, "Beras premium", 17_000)
    assert levels(market) == {
        "Beras medium": (50_000, 0),
        "Telur ayam": (10, 3),
        "Beras premium": (20_000, count * 1_000),
    }, case
    must_add_up()
    hand_over(order=pack_order(order=order, by=HASAN), by=HASAN)
    assert balances() == {"cash": count * each + 6_000, "sales": -count * each - 6_000}
    assert levels(market)["Beras premium"] == (20_000 - count * 1_000, 0)
    assert rice_of(order, market).pk not in left_to_return(order)
    assert left_to_return(order)[new.pk] == count * 1_000
    must_add_up()


def test_what_was_paid_too_much_goes_back(market: Cast, premium: Pack) -> None:
    top_up(market.ratna, 50_000)
    order = accepted(market, pay=Pay.BALANCE)
    replace_line(order=order, line_id=rice_of(order, market).pk, pack=premium, quantity=1, by=HASAN)
    hand_over(order=pack_order(order=order, by=HASAN), by=HASAN)
    assert account_of_citizen(market.ratna).amount == 50_000 - 22_000
    must_add_up()


def test_the_same_choice_again_changes_nothing(market: Cast, premium: Pack) -> None:
    order = accepted(market)
    swap = partial(replace_line, order=order, line_id=rice_of(order, market).pk, pack=premium, by=HASAN)
    first = swap(quantity=2)
    before = footprint()
    assert swap(quantity=2) == first
    with pytest.raises(StaleDocument):
        swap(quantity=1)
    assert footprint() == before


def test_what_may_not_come_instead(market: Cast, premium: Pack) -> None:
    order = accepted(market)
    rice, eggs = rice_of(order, market), order.lines.get(product=market.egg)
    foreign = rice_of(accepted(market), market)
    before = footprint()
    refused: list[tuple[type[Exception], int, Pack, int]] = [
        (NotOffered, eggs.pk, premium, 1),
        (NotOffered, rice.pk, market.sack, 1),
        (BadLine, rice.pk, market.piece, 1),
        (BadLine, foreign.pk, premium, 1),
        (BadLine, rice.pk, premium, 0),
        (BadLine, rice.pk, premium, 1_000),
        (StockShort, rice.pk, premium, 21),
    ]
    for refusal, line, pack, count in refused:
        with pytest.raises(refusal):
            replace_line(order=order, line_id=line, pack=pack, quantity=count, by=HASAN)
        assert footprint() == before


@pytest.mark.parametrize("state", ["placed", "packed", "called_off"])
def test_only_while_it_is_prepared(market: Cast, premium: Pack, state: str) -> None:
    if state == "placed":
        order = place(market, lines=[SeenLine(market.kilo.pk, 2, 14_500, may_replace=True)])
    else:
        order = accepted(market)
        pack_order(order=order, by=HASAN) if state == "packed" else call_off(order=order, reason="Habis", by=HASAN)
    before = footprint()
    with pytest.raises(StaleDocument):
        replace_line(order=order, line_id=rice_of(order, market).pk, pack=premium, quantity=1, by=HASAN)
    assert footprint() == before


def test_a_weighed_stand_in_never_costs_more(market: Cast, premium: Pack) -> None:
    Product.objects.filter(pk=premium.product_id).update(by_weight=True)
    order = accepted(market)
    new = replace_line(order=order, line_id=rice_of(order, market).pk, pack=premium, quantity=2, by=HASAN)
    pack_order(order=order, packed={new.pk: 2_150}, by=HASAN)
    order.refresh_from_db()
    assert order.goods_due == 35_000
    assert levels(market)["Beras premium"] == (20_000, 2_150)
    must_add_up()


def test_a_replaced_line_is_not_packed_any_more(market: Cast, premium: Pack) -> None:
    order = accepted(market)
    rice = rice_of(order, market)
    replace_line(order=order, line_id=rice.pk, pack=premium, quantity=2, by=HASAN)
    before = footprint()
    with pytest.raises(BadWeight):
        pack_order(order=order, packed={rice.pk: 2_000}, by=HASAN)
    assert footprint() == before
    call_off(order=order, reason="Habis", by=HASAN)
    assert {name: reserved for name, (_on_hand, reserved) in levels(market).items()} == {
        "Beras medium": 0,
        "Telur ayam": 0,
        "Beras premium": 0,
    }


def test_ordering_again_orders_what_was_ordered(market: Cast, premium: Pack) -> None:
    order = accepted(market)
    replace_line(order=order, line_id=rice_of(order, market).pk, pack=premium, quantity=2, by=HASAN)
    key = uuid.uuid4()
    assert fill_again(key=key, order=order) == []
    assert in_carts(key) == {(market.warung.pk, market.kilo.pk): 2, (market.warung.pk, market.piece.pk): 3}


def test_two_helpers_put_it_in_once(committed: None, market: Cast, premium: Pack, kalidoni: Region) -> None:
    order = accepted(market)
    line = rice_of(order, market).pk
    jobs = [
        partial(replace_line, order=order, line_id=line, pack=premium, quantity=count, by=HASAN) for count in (1, 2)
    ]
    assert at_once(kalidoni, jobs) == ["StaleDocument", "done"]
    assert order.lines.count() == 3
    must_add_up()


def test_pages_from_the_wish_to_the_receipt(market: Cast, premium: Pack) -> None:
    put_in_cart(key=market.ratna.public_id, warung=market.warung, pack_id=market.kilo.pk, quantity=2)
    ratna, hasan = browser_of(market.ratna), browser_of(market.hasan)
    pay = "/keranjang/warung-hasan/bayar/"
    pk = market.kilo.pk
    _address, fields = form_with(ratna.get(pay).content.decode(), "key")
    assert f"note-{pk}" in fields and f"replace-{pk}" not in fields
    wish = {f"note-{pk}": ["yang <pulen>\x00"], f"replace-{pk}": ["1"], "method": ["pickup"]}
    # Something must be corrected: what was said of the line stays.
    page = ratna.post(pay, {**fields, **wish, "name": [""]}).content.decode()
    assert 'value="yang &lt;pulen&gt;"' in page and f'name="replace-{pk}" value="1" checked' in page
    ratna.post(pay, {**fields, **wish})
    order = Order.objects.get()
    line = order.lines.get()
    assert (line.may_replace, line.note) == (True, "yang <pulen>")
    accept_order(order=order, by=HASAN)
    board = f"/toko/pesanan/{order.number}/"
    for client, address in (
        (hasan, "/toko/pesanan/?tab=disiapkan"),
        (hasan, board),
        (ratna, f"/pesanan/{order.number}/"),
    ):
        assert "yang &lt;pulen&gt;" in client.get(address).content.decode(), address
    told = {"line": line.pk, "pack": premium.pk, "quantity": 2, "alone": "1"}
    before = footprint()
    for stranger in (market.siti, market.ratna, market.yuli):
        assert browser_of(stranger).post(f"{board}ganti/", told).status_code == 404
    for wrong in ({"pack": "abc"}, {"pack": 9**20}, {"quantity": "٣x"}, {"line": ""}, {"pack": 999_999}):
        assert hasan.post(f"{board}ganti/", {**told, **wrong}).status_code == 302
    assert footprint() == before
    address, fields = form_with(hasan.get(board).content.decode(), "line")
    assert address == f"{board}ganti/"
    hasan.post(address, {**fields, "pack": [str(premium.pk)]})
    for client, address in (
        (hasan, board),
        (hasan, f"{board}nota/"),
        (ratna, f"/pesanan/{order.number}/"),
        (ratna, f"/pesanan/{order.number}/nota/"),
        (ratna, f"/belanja/{order.purchase.number}/"),  # type: ignore[union-attr]
    ):
        assert "2 × Beras premium kg" in client.get(address).content.decode(), address


def heavy(market: Cast) -> tuple[Order, OrderLine]:
    Product.objects.filter(pk=market.rice.pk).update(by_weight=True)
    order = accepted(market)
    return order, rice_of(order, market)


def test_more_than_a_tenth_above_needs_the_customers_word(market: Cast) -> None:
    order, rice = heavy(market)
    before = footprint()
    for agreed in ((), (rice.pk + 1,)):
        with pytest.raises(BadWeight):
            pack_order(order=order, packed={rice.pk: 2_400}, agreed=agreed, by=HASAN)
        assert footprint() == before
    pack_order(order=order, packed={rice.pk: 2_400}, agreed=(rice.pk,), by=HASAN)
    order.refresh_from_db()
    assert order.goods_due == 34_800 + 6_000
    event = order.events.get(move="agree")
    assert (event.by, event.reason) == (HASAN, "Beras medium: 2,4\xa0kg, bukan 2\xa0kg")
    must_add_up()


def test_a_tick_without_more_is_not_written_down(market: Cast) -> None:
    order, rice = heavy(market)
    pack_order(order=order, packed={rice.pk: 2_200}, agreed=(rice.pk,), by=HASAN)
    assert not order.events.filter(move="agree").exists()


def test_the_tick_stands_on_the_packing_page(market: Cast) -> None:
    order, rice = heavy(market)
    hasan = browser_of(market.hasan)
    address, fields = form_with(hasan.get(f"/toko/pesanan/{order.number}/").content.decode(), f"packed-{rice.pk}")
    eggs = order.lines.get(product=market.egg)
    assert f"agreed-{eggs.pk}" not in fields
    hasan.post(address, {**fields, f"packed-{rice.pk}": ["2400"]})
    order.refresh_from_db()
    assert order.state == "accepted"
    hasan.post(address, {**fields, f"packed-{rice.pk}": ["2400"], f"agreed-{rice.pk}": ["on"]})
    order.refresh_from_db()
    assert (order.state, order.goods_due) == ("packed", 40_800)
    ratna = browser_of(market.ratna).get(f"/pesanan/{order.number}/")
    assert "2,4\xa0kg" in ratna.content.decode()


def test_wishes_are_kept_apart_for_each_warung(market: Cast) -> None:
    receive(
        location=location_of_warung(market.other_warung), lines=[Line(market.rice.pk, 20_000)], reference="o:2", by=BY
    )
    publish_price(warung=market.other_warung, pack=market.kilo, price=14_000, by=BY)
    for warung in (market.warung, market.other_warung):
        put_in_cart(key=market.ratna.public_id, warung=warung, pack_id=market.kilo.pk, quantity=1)
    ratna, pk = browser_of(market.ratna), market.kilo.pk
    _address, fields = form_with(ratna.get("/keranjang/bayar/").content.decode(), "key")
    ways = {name: ["pickup"] for name in fields if name.endswith("-method")}
    said = {f"warung-hasan-note-{pk}": ["pulen"], f"warung-siti-replace-{pk}": ["1"]}
    refused = ratna.post("/keranjang/bayar/", {**fields, **ways, **said, "name": [""]})
    assert refused.status_code == 409
    page = refused.content.decode()
    assert f'name="warung-hasan-note-{pk}" maxlength="120" value="pulen"' in page
    assert f'name="warung-siti-note-{pk}" maxlength="120" value=""' in page
    assert f'name="warung-siti-replace-{pk}" value="1" checked' in page
    assert f'name="warung-hasan-replace-{pk}" value="1">' in page
    assert not Order.objects.exists()
    ratna.post("/keranjang/bayar/", {**fields, **ways, **said})
    lines = {line.order.warung.name: (line.may_replace, line.note) for line in OrderLine.objects.all()}
    assert lines == {"Warung Hasan": (False, "pulen"), "Warung Siti": (True, "")}
