"""Who pays, and with which card."""

from __future__ import annotations

import secrets

from infra.stripe_standin.api import browse, page, retrieve, route
from infra.stripe_standin.catalog import updated
from infra.stripe_standin.events import change, emit
from infra.stripe_standin.params import (
    Spec,
    anything,
    choice,
    group,
    integer,
    merged,
    table,
    text,
    texts,
)
from infra.stripe_standin.refusals import CardRefusal, Refusal
from infra.stripe_standin.store import Book, Thing

ADDRESS: Spec = dict.fromkeys(("line1", "line2", "city", "state", "postal_code", "country"), text)
CUSTOMER: Spec = {
    "name": text,
    "business_name": text,
    "individual_name": text,
    "email": text,
    "phone": text,
    "description": text,
    "address": group(ADDRESS),
    "metadata": table,
    "invoice_prefix": text,
    "invoice_settings": group({"default_payment_method": text, "footer": text, "custom_fields": anything}),
    "payment_method": text,
    "preferred_locales": texts,
    "tax_exempt": choice("none", "exempt", "reverse"),
    "balance": integer,
}
# By number: the brand, and how the card refuses: never, when it is charged later, or at once.
CARDS = {
    "4242424242424242": ("visa", ""),
    "5555555555554444": ("mastercard", ""),
    "4000000000000341": ("visa", "later"),
    "4000000000000002": ("visa", "card_declined"),
    "4000000000009995": ("visa", "insufficient_funds"),
    "4000000000000069": ("visa", "expired_card"),
}
NAMED = {
    "visa": "4242424242424242",
    "mastercard": "5555555555554444",
    "chargeCustomerFail": "4000000000000341",
    "chargeDeclined": "4000000000000002",
    "visa_chargeDeclined": "4000000000000002",
    "chargeDeclinedInsufficientFunds": "4000000000009995",
    "visa_chargeDeclinedInsufficientFunds": "4000000000009995",
}
WORDS = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
}


@route("POST", "/v1/customers", CUSTOMER)
def create_customer(book: Book, asked: Thing) -> Thing:
    customer = book.new(
        "customer",
        **{name: asked.get(name) for name in ("name", "email", "phone", "description", "address")},
        balance=asked.get("balance", 0),
        business_name=asked.get("business_name"),
        individual_name=asked.get("individual_name"),
        currency=None,
        default_source=None,
        delinquent=False,
        discount=None,
        invoice_prefix=asked.get("invoice_prefix") or secrets.token_hex(4).upper(),
        invoice_settings={
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        metadata=merged({}, asked.get("metadata")),
        next_invoice_sequence=1,
        preferred_locales=asked.get("preferred_locales", []),
        shipping=None,
        tax_exempt=asked.get("tax_exempt") or "none",
        test_clock=None,
    )
    if asked.get("payment_method"):
        attach(book, payment_method(book, asked["payment_method"]), customer)
    wanted = asked.get("invoice_settings") or {}
    if wanted.get("default_payment_method"):
        wanted["default_payment_method"] = own_card(book, customer, wanted["default_payment_method"])["id"]
    customer["invoice_settings"] |= wanted
    book.put(customer)
    emit(book, "customer.created", customer)
    return customer


@route("POST", "/v1/customers/{id}", CUSTOMER)
def update_customer(book: Book, id: str, asked: Thing) -> Thing:
    customer = book.get("customer", id)
    wanted = asked.pop("invoice_settings", None) or {}
    asked.pop("payment_method", None)
    if wanted.get("default_payment_method"):
        own_card(book, customer, wanted["default_payment_method"])
    with change(book, customer, "customer.updated"):
        updated(customer, asked)
        customer["invoice_settings"] |= wanted
    return customer


@route("DELETE", "/v1/customers/{id}")
def delete_customer(book: Book, id: str, asked: Thing) -> Thing:
    from infra.stripe_standin.subscriptions import end

    customer = book.get("customer", id)
    for subscription in book.find("subscription", customer=id):
        if subscription["status"] not in ("canceled", "incomplete_expired"):
            end(book, subscription, "cancellation_requested")
    for invoice in book.find("invoice", customer=id, status="draft"):
        book.entomb(invoice)
    for invoice in book.find("invoice", customer=id, status="open"):
        invoice["auto_advance"], invoice["next_payment_attempt"] = False, None
        book.put(invoice)
    emit(book, "customer.deleted", customer)
    return book.entomb(customer)


def card(book: Book, number: str, month: int = 12, year: int = 2034, billing: Thing | None = None) -> Thing:
    """A payment method that nobody has yet. Raises Refusal for a number that is no test card."""
    digits = number.replace(" ", "")
    if digits not in CARDS:
        raise CardRefusal("incorrect_number", "Your card number is incorrect.")
    brand, fails = CARDS[digits]
    empty = {"address": None, "email": None, "name": None, "phone": None, "tax_id": None}
    return book.new(
        "payment_method",
        type="card",
        allow_redisplay="unspecified",
        billing_details={**empty, **(billing or {})},
        customer=None,
        metadata={},
        card={
            "brand": brand,
            "display_brand": brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
            "country": "ID",
            "exp_month": month,
            "exp_year": year,
            "fingerprint": f"stand-in-{digits[-4:]}",
            "funding": "credit",
            "generated_from": None,
            "last4": digits[-4:],
            "networks": {"available": [brand], "preferred": None},
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        _fails=fails,
    )


def payment_method(book: Book, ident: str, param: str = "payment_method") -> Thing:
    """One that exists, or a fresh one for Stripe's own names (`pm_card_visa`)."""
    if ident.startswith("pm_card_") and ident[8:] in NAMED:
        return card(book, NAMED[ident[8:]])
    return book.get("payment_method", ident, param=param)


def attach(book: Book, method: Thing, customer: Thing) -> Thing:
    """Raises CardRefusal for a card that refuses even to be kept."""
    if method["customer"] not in (None, customer["id"]):
        raise Refusal("This payment method is already attached to another customer.", param="payment_method")
    if method["_fails"] not in ("", "later"):
        raise declined(method["_fails"])
    if method["customer"] is None:
        with change(book, method, "payment_method.attached"):
            method["customer"] = customer["id"]
    return method


def own_card(book: Book, customer: Thing, ident: str, param: str = "invoice_settings[default_payment_method]") -> Thing:
    method = payment_method(book, ident, param)
    if method["customer"] is None and ident.startswith("pm_card_"):
        attach(book, method, customer)
    if method["customer"] != customer["id"]:
        raise Refusal(
            f"The customer does not have a payment method with the ID {ident}. The payment method must be attached"
            " to the customer.",
            code="resource_missing",
            param=param,
        )
    return method


def declined(why: str, **what: str) -> CardRefusal:
    """The refusal of a card, as Stripe words it."""
    code = "card_declined" if why not in ("expired_card",) else why
    return CardRefusal(code, WORDS.get(why, WORDS["card_declined"]), decline=decline_of(why), **what)


def decline_of(why: str) -> str:
    return "generic_decline" if why in ("card_declined", "later") else why


@route(
    "POST",
    "/v1/payment_methods",
    {
        "type!": choice("card"),
        "card!": group({"number": text, "exp_month": integer, "exp_year": integer, "cvc": text, "token": text}),
        "billing_details": group({"name": text, "email": text, "phone": text, "address": group(ADDRESS)}),
        "metadata": table,
    },
)
def create_payment_method(book: Book, asked: Thing) -> Thing:
    given = asked["card"]
    number = given.get("number") or NAMED.get((given.get("token") or "").removeprefix("tok_"), "")
    method = card(
        book, number, given.get("exp_month", 12), given.get("exp_year", 2034), asked.get("billing_details") or {}
    )
    method["metadata"] = merged({}, asked.get("metadata"))
    return book.put(method)


@route("POST", "/v1/payment_methods/{id}/attach", {"customer!": text})
def attach_payment_method(book: Book, id: str, asked: Thing) -> Thing:
    customer = book.get("customer", asked["customer"], param="customer")
    return attach(book, payment_method(book, id, "id"), customer)


@route("POST", "/v1/payment_methods/{id}/detach")
def detach_payment_method(book: Book, id: str, asked: Thing) -> Thing:
    method = book.get("payment_method", id)
    customer = book.seek(method["customer"] or "")
    if customer is None:
        raise Refusal("The payment method you provided is not attached to a customer.", param="payment_method")
    with change(book, method, "payment_method.detached"):
        method["customer"] = None
    with change(book, customer, "customer.updated"):
        if customer["invoice_settings"]["default_payment_method"] == id:
            customer["invoice_settings"]["default_payment_method"] = None
    for subscription in book.find("subscription", default_payment_method=id):
        with change(book, subscription, "customer.subscription.updated"):
            subscription["default_payment_method"] = None
    return method


def cards_of(book: Book, customer: Thing) -> list[Thing]:
    return book.find("payment_method", customer=customer["id"])


@route(
    "GET",
    "/v1/customers/{id}/payment_methods",
    {"limit": integer, "starting_after": text, "ending_before": text, "type": text},
)
def customers_cards(book: Book, id: str, asked: Thing) -> Thing:
    return page(cards_of(book, book.get("customer", id)), asked, f"/v1/customers/{id}/payment_methods")


retrieve("/v1/customers", "customer")
retrieve("/v1/payment_methods", "payment_method")
browse("/v1/customers", "customer", {"email": text})
browse("/v1/payment_methods", "payment_method", {"customer": text, "type": text})
