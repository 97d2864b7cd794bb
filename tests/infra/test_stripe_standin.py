"""Stripe's stand-in answers the real SDK as Stripe does: shapes, errors, keys, paging. Every answer is held against the SDK's types."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any

import pytest
import stripe

from tests.infra.stripe_selling import MONTHLY, Shop
from tests.standins.stripe import DAY, StripeStandIn


@pytest.fixture
def shop(stripe_standin: StripeStandIn) -> Shop:
    return Shop(stripe_standin)


def refused(kind: type[stripe.StripeError], call: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    with pytest.raises(kind) as caught:
        call(*args, **kwargs)
    found: dict[str, Any] = caught.value.json_body["error"]  # type: ignore[index]
    return {"status": caught.value.http_status, **found}


def test_what_was_made_is_found_again(shop: Shop) -> None:
    api = shop.api
    assert api.products.retrieve(shop.product.id).name == "Paket Kecamatan"
    price = api.prices.retrieve(shop.price.id, {"expand": ["product"]})
    assert (price.unit_amount, price.currency, price.type) == (MONTHLY, "idr", "recurring")
    assert isinstance(price.product, stripe.Product)
    assert price.product.id == shop.product.id
    assert [one.id for one in api.customers.list({"email": "kalidoni@palembang.go.id"}).data] == [shop.customer.id]
    assert api.tax_rates.retrieve(shop.ppn.id).percentage == 11


def test_metadata_is_merged_and_emptied(shop: Shop) -> None:
    def update(metadata: Any) -> Any:
        made = shop.api.customers.update(shop.customer.id, {"metadata": metadata})
        assert made.metadata is not None
        return made.metadata.to_dict()

    assert update({"plan": "kota"}) == {"region": "kalidoni", "plan": "kota"}
    assert update({"region": ""}) == {"plan": "kota"}
    assert update("") == {}


def test_a_lookup_key_belongs_to_one_price(shop: Shop) -> None:
    terms: Any = {"product": shop.product.id, "currency": "idr", "unit_amount": 100, "lookup_key": "kecamatan"}
    first = shop.api.prices.create(terms)
    assert refused(stripe.InvalidRequestError, shop.api.prices.create, terms)["code"] == "resource_already_exists"
    second = shop.api.prices.create(terms | {"transfer_lookup_key": True})
    assert [one.id for one in shop.api.prices.list({"lookup_keys": ["kecamatan"]}).data] == [second.id]
    assert shop.api.prices.retrieve(first.id).lookup_key is None


@pytest.mark.parametrize(
    ("case", "params", "code", "param"),
    [
        ("unknown", {"name": "x", "colour": "red"}, "parameter_unknown", "colour"),
        ("missing", {"description": "x"}, "parameter_missing", "name"),
        ("unknown inside", {"name": "x", "default_price_data": {"currency": "idr", "unit_amount": 100, "shade": 1}},
         "parameter_unknown", "default_price_data[shade]"),
        ("no number", {"name": "x", "default_price_data": {"currency": "idr", "unit_amount": "ten"}},
         "parameter_invalid_integer", "default_price_data[unit_amount]"),
        ("no whole rupiah", {"name": "x", "default_price_data": {"currency": "idr", "unit_amount": 150}},
         "amount_not_whole", "unit_amount"),
    ],
)  # fmt: skip
def test_wrong_parameters_are_named(shop: Shop, case: str, params: Any, code: str, param: str) -> None:
    error = refused(stripe.InvalidRequestError, shop.api.products.create, params)
    assert (error["status"], error["code"], error["param"]) == (400, code, param)
    assert len(shop.api.products.list().data) == 1


def test_what_is_not_there_is_404(shop: Shop) -> None:
    error = refused(stripe.InvalidRequestError, shop.api.customers.retrieve, "cus_nobody")
    assert (error["status"], error["code"], error["param"]) == (404, "resource_missing", "id")
    error = refused(stripe.InvalidRequestError, shop.api.invoices.create, {"customer": "cus_nobody"})
    assert (error["status"], error["code"], error["param"]) == (400, "resource_missing", "customer")
    assert refused(stripe.InvalidRequestError, shop.api.quotes.list)["status"] == 404


@pytest.mark.parametrize("key", ["sk_test_somebody_else", "pk_test_123456", "nonsense"])
def test_another_key_is_refused(shop: Shop, key: str) -> None:
    client = stripe.StripeClient(key, base_addresses={"api": shop.account.url})
    assert refused(stripe.AuthenticationError, client.v1.customers.list)["status"] == 401


def test_no_key_is_refused(shop: Shop) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{shop.account.url}/v1/customers", timeout=5)
    with caught.value as answer:
        assert answer.code == 401


def test_another_release_of_the_api_is_refused(shop: Shop) -> None:
    client = stripe.StripeClient(
        shop.account.key, base_addresses={"api": shop.account.url}, stripe_version="2020-08-27"
    )
    assert "2020-08-27" in refused(stripe.InvalidRequestError, client.v1.customers.list)["message"]


def test_live_and_test_do_not_see_each_other(shop: Shop) -> None:
    shop.account.control("POST", "key", key="")
    try:
        live = stripe.StripeClient("sk_live_abcdef", base_addresses={"api": shop.account.url}).v1
        made = live.customers.create({"name": "Sungguhan"})
        assert made.livemode is True
        assert [one.id for one in live.customers.list().data] == [made.id]
        assert refused(stripe.InvalidRequestError, shop.api.customers.retrieve, made.id)["status"] == 404
    finally:
        shop.account.control("POST", "key", key=shop.account.key)


def test_the_same_key_is_answered_once(shop: Shop) -> None:
    create = shop.api.customers.create
    first = create({"name": "Made"}, {"idempotency_key": "tap-1"})
    again = create({"name": "Made"}, {"idempotency_key": "tap-1"})
    assert again.id == first.id
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(shop.api.customers.list().data) == 2
    other = refused(stripe.IdempotencyError, create, {"name": "Yuli"}, {"idempotency_key": "tap-1"})
    assert (other["status"], other["type"]) == (400, "idempotency_error")
    shop.account.advance(DAY + 60)
    assert create({"name": "Made"}, {"idempotency_key": "tap-1"}).id != first.id


def test_a_refused_card_is_replayed_and_a_wrong_parameter_is_not(shop: Shop) -> None:
    card = shop.keep_card("pm_card_chargeCustomerFail")
    invoice = shop.api.invoices.create({"customer": shop.customer.id})
    shop.api.invoice_items.create({"customer": shop.customer.id, "invoice": invoice.id, "amount": 100_00})
    shop.api.invoices.finalize_invoice(invoice.id)
    for _ in range(2):
        error = refused(
            stripe.CardError, shop.api.invoices.pay, invoice.id, {"payment_method": card}, {"idempotency_key": "pay"}
        )
        assert (error["status"], error["code"], error["decline_code"]) == (402, "card_declined", "generic_decline")
    assert len(shop.api.charges.list().data) == 1
    wrong: Any = {"nam": "x"}
    refused(stripe.InvalidRequestError, shop.api.customers.create, wrong, {"idempotency_key": "new"})
    assert shop.api.customers.create({"name": "x"}, {"idempotency_key": "new"}).name == "x"


def test_pages_follow_each_other_both_ways(shop: Shop) -> None:
    made = [shop.api.customers.create({"name": str(number)}).id for number in range(7)]
    newest = made[::-1] + [shop.customer.id]
    first = shop.api.customers.list({"limit": 3})
    assert ([one.id for one in first.data], first.has_more) == (newest[:3], True)
    second = shop.api.customers.list({"limit": 3, "starting_after": newest[2]})
    assert [one.id for one in second.data] == newest[3:6]
    back = shop.api.customers.list({"limit": 2, "ending_before": newest[3]})
    assert [one.id for one in back.data] == newest[1:3]
    last = shop.api.customers.list({"limit": 3, "starting_after": newest[5]})
    assert (len(last.data), last.has_more) == (2, False)
    assert [one.id for one in shop.api.customers.list({"limit": 2}).auto_paging_iter()] == newest
    assert refused(stripe.InvalidRequestError, shop.api.customers.list, {"limit": 101})["param"] == "limit"
    assert refused(stripe.InvalidRequestError, shop.api.customers.list, {"starting_after": "cus_x"})["status"] == 400


def test_only_what_leads_somewhere_is_expanded(shop: Shop) -> None:
    shop.keep_card()
    made = shop.subscribe(expand=["customer", "latest_invoice.payments", "items.data.price.product"])
    assert isinstance(made.customer, stripe.Customer)
    assert isinstance(made.latest_invoice, stripe.Invoice)
    assert made.latest_invoice.payments is not None
    assert [one.status for one in made.latest_invoice.payments.data] == ["paid"]
    listed = shop.api.subscriptions.list({"expand": ["data.latest_invoice"]}).data[0]
    assert isinstance(listed.latest_invoice, stripe.Invoice)
    wrong = refused(stripe.InvalidRequestError, shop.api.subscriptions.retrieve, made.id, {"expand": ["colour"]})
    assert wrong["param"] == "expand"


def test_a_deleted_customer_says_so(shop: Shop) -> None:
    shop.keep_card()
    subscription = shop.subscribe()
    assert shop.api.customers.delete(shop.customer.id).deleted is True
    assert shop.api.customers.retrieve(shop.customer.id).deleted is True
    assert shop.api.subscriptions.retrieve(subscription.id).status == "canceled"
    assert shop.api.customers.list().data == []
