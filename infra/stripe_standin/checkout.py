"""Checkout and portal sessions: made by the API, used by a person on a page."""

from __future__ import annotations

from infra.stripe_standin import charging, customers, invoices, subscriptions, waiting
from infra.stripe_standin.api import browse, page, retrieve, route
from infra.stripe_standin.catalog import PRICE, create_product, new_price
from infra.stripe_standin.customers import card, create_customer
from infra.stripe_standin.events import change, emit
from infra.stripe_standin.invoices_api import NO_TAX, no_automatic_tax
from infra.stripe_standin.params import (
    anything,
    boolean,
    choice,
    currency,
    group,
    integer,
    merged,
    moment,
    several,
    table,
    text,
    texts,
)
from infra.stripe_standin.refusals import Refusal
from infra.stripe_standin.showing import listing
from infra.stripe_standin.store import DUE, HAPPENS, Book, Thing, blank
from infra.stripe_standin.subscriptions_api import END

HOUR = 3600
PRICE_DATA = group(
    {**PRICE, "product": text, "product_data": group({"name!": text, "description": text, "metadata": table})}
)


@route(
    "POST",
    "/v1/checkout/sessions",
    {
        "mode!": choice("payment", "subscription"),
        "line_items!": several(
            group(
                {
                    "price": text,
                    "price_data": PRICE_DATA,
                    "quantity": integer,
                    "tax_rates": texts,
                    "adjustable_quantity": anything,
                }
            )
        ),
        "success_url!": text,
        "cancel_url": text,
        "customer": text,
        "customer_email": text,
        "customer_creation": choice("always", "if_required"),
        "client_reference_id": text,
        "currency": currency,
        "metadata": table,
        "expires_at": integer,
        "locale": text,
        "automatic_tax": NO_TAX,
        "subscription_data": group(
            {
                "default_tax_rates": texts,
                "description": text,
                "metadata": table,
                "trial_end": moment,
                "trial_period_days": integer,
                "trial_settings": group({"end_behavior": group(END)}),
                "billing_mode": anything,
            }
        ),
        "payment_intent_data": group({"description": text, "metadata": table, "setup_future_usage": text}),
        "invoice_creation": group(
            {"enabled!": boolean, "invoice_data": group({"metadata": table, "description": text})}
        ),
        "payment_method_collection": choice("always", "if_required"),
        "payment_method_types": texts,
        "ui_mode": choice("hosted_page"),
        "submit_type": text,
        **dict.fromkeys(
            (
                "allow_promotion_codes",
                "billing_address_collection",
                "customer_update",
                "phone_number_collection",
                "tax_id_collection",
            ),
            anything,
        ),
    },
)
def create_session(book: Book, asked: Thing) -> Thing:
    no_automatic_tax(asked)
    mode, now = asked["mode"], book.now()
    customer = book.get("customer", asked["customer"], param="customer") if asked.get("customer") else None
    rows = [row(book, one, mode, number, asked) for number, one in enumerate(asked["line_items"])]
    if not rows or (mode == "subscription" and not any(one["price"]["recurring"] for one in rows)):
        raise Refusal("You must provide at least one recurring price in `subscription` mode.", param="line_items")
    expires = asked.get("expires_at", now + 24 * HOUR)
    if not now + 1800 <= expires <= now + 24 * HOUR:
        raise Refusal(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.", param="expires_at"
        )
    data = asked.get("subscription_data") or {}
    trial = mode == "subscription" and (data.get("trial_period_days") or data.get("trial_end"))
    subtotal, taxes = (0 if trial else sum(one[f"amount_{part}"] for one in rows) for part in ("subtotal", "tax"))
    included = sum(one["_included"] for one in rows)
    creates = asked.get("invoice_creation")
    session = {
        **blank(
            "adaptive_pricing after_expiration allow_promotion_codes billing_address_collection client_secret "
            "collected_information consent consent_collection currency_conversion customer_account invoice "
            "origin_context payment_intent payment_link payment_method_configuration_details permissions "
            "recovered_from setup_intent shipping_address_collection shipping_cost subscription submit_type "
            "wallet_options"
        ),
        "amount_subtotal": subtotal,
        "amount_total": subtotal + taxes - (0 if trial else included),
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": asked.get("cancel_url"),
        "client_reference_id": asked.get("client_reference_id"),
        "currency": rows[0]["currency"],
        "custom_fields": [],
        "custom_text": dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
        "customer": customer and customer["id"],
        "customer_creation": None
        if customer
        else "always"
        if mode == "subscription"
        else asked.get("customer_creation") or "if_required",
        "customer_details": {
            **dict.fromkeys(("business_name", "individual_name", "name", "phone", "address")),
            "email": customer["email"] if customer else asked.get("customer_email"),
            "tax_exempt": "none",
            "tax_ids": [],
        },
        "customer_email": asked.get("customer_email"),
        "discounts": [],
        "expires_at": expires,
        "invoice_creation": creates
        and {
            "enabled": creates["enabled"],
            "invoice_data": blank("account_tax_ids custom_fields description footer issuer rendering_options")
            | {"metadata": {}},
        },
        "locale": asked.get("locale"),
        "metadata": merged({}, asked.get("metadata")),
        "mode": mode,
        "payment_method_collection": asked.get("payment_method_collection") or "always",
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "saved_payment_method_options": None,
        "shipping_options": [],
        "status": "open",
        "success_url": asked["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": taxes},
        "ui_mode": "hosted_page",
        "_asked": asked,
        "_line_items": listing(rows, ""),
    }
    session = book.new("checkout.session", **session)
    session["url"] = f"{book.site}/c/pay/{session['id']}"
    session["_line_items"]["url"] = f"/v1/checkout/sessions/{session['id']}/line_items"
    return book.put(session)


def row(book: Book, one: Thing, mode: str, number: int, asked: Thing) -> Thing:
    """A line of the page, with its tax."""
    if one.get("price"):
        price = book.get("price", one["price"], param=f"line_items[{number}][price]")
    elif one.get("price_data"):
        data = one["price_data"]
        product = (
            book.get("product", data["product"]) if data.get("product") else create_product(book, data["product_data"])
        )
        price = new_price(book, product, data)
    else:
        raise Refusal(
            "One of price or price_data is required.", code="parameter_missing", param=f"line_items[{number}][price]"
        )
    if mode == "payment" and price["recurring"]:
        raise Refusal("You specified `payment` mode but passed a recurring price.", param="line_items")
    quantity = one.get("quantity", 1)
    subtotal, added, included = price["unit_amount"] * quantity, 0, 0
    idents = one.get("tax_rates") or (asked.get("subscription_data") or {}).get("default_tax_rates") or []
    for rate in [book.get("tax_rate", ident, param="tax_rates") for ident in idents]:
        part = rate["percentage"] / 100
        if rate["inclusive"]:
            included += invoices.whole(subtotal * part / (1 + part), price["currency"])
        else:
            added += invoices.whole(subtotal * part, price["currency"])
    return {
        "id": book.ident("item"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": subtotal,
        "amount_tax": added + included,
        "amount_total": subtotal + added,
        "currency": price["currency"],
        "description": waiting.name_of(book, price),
        "discounts": [],
        "metadata": {},
        "price": price,
        "quantity": quantity,
        "taxes": [],
        "_included": included,
        "_rates": idents,
    }


def complete(
    book: Book, session: Thing, number: str, *, month: int = 12, year: int = 2034, name: str = "", email: str = ""
) -> Thing:
    """The person pays. Raises CardRefusal, and then the session stays open and nothing else was kept."""
    if session["status"] != "open":
        raise Refusal("This Checkout Session is no longer open.", code="checkout_session_not_open")
    asked = session["_asked"]
    email = email or session["customer_details"]["email"] or ""
    with book.undone_by(Refusal):
        customer = book.seek(session["customer"] or "")
        if customer is None:
            customer = create_customer(book, {"email": email or None, "name": name or None})
        method = card(book, number, month, year, {"name": name or None, "email": email or None})
        customers.attach(book, method, customer)
        if session["mode"] == "subscription":
            subscribe(book, session, asked, customer, method)
        else:
            pay_once(book, session, asked, customer, method)
        session |= {
            "customer": customer["id"],
            "status": "complete",
            "payment_status": "paid" if session["amount_total"] else "no_payment_required",
            "customer_details": {**session["customer_details"], "email": email or None, "name": name or None},
            "url": None,
        }
        emit(book, "checkout.session.completed", book.put(session))
    return session


def subscribe(book: Book, session: Thing, asked: Thing, customer: Thing, method: Thing) -> None:
    data = asked.get("subscription_data") or {}
    recurring = [one for one in session["_line_items"]["data"] if one["price"]["recurring"]]
    for one in session["_line_items"]["data"]:
        if not one["price"]["recurring"]:
            waiting.add_item(
                book,
                customer["id"],
                one["amount_subtotal"],
                one["currency"],
                one["description"],
                start=book.now(),
                end=book.now(),
                quantity=one["quantity"],
                price=one["price"],
                rates=[book.get("tax_rate", ident) for ident in one["_rates"]],
            )
    subscription = subscriptions.create(
        book,
        customer,
        {
            **data,
            "items": [
                {"price": one["price"]["id"], "quantity": one["quantity"], "tax_rates": one["_rates"]}
                for one in recurring
            ],
            "default_payment_method": method["id"],
            "payment_behavior": "error_if_incomplete",
        },
        watched=True,
    )
    session["subscription"], session["invoice"] = subscription["id"], subscription["latest_invoice"]


def pay_once(book: Book, session: Thing, asked: Thing, customer: Thing, method: Thing) -> None:
    data = asked.get("payment_intent_data") or {}
    if (asked.get("invoice_creation") or {}).get("enabled"):
        said = asked["invoice_creation"].get("invoice_data") or {}
        invoice = invoices.draft(
            book, customer, session["currency"], "manual", metadata=merged({}, said.get("metadata"))
        )
        for one in session["_line_items"]["data"]:
            item = waiting.add_item(
                book,
                customer["id"],
                one["amount_subtotal"],
                one["currency"],
                one["description"],
                start=book.now(),
                end=book.now(),
                quantity=one["quantity"],
                price=one["price"],
                rates=[book.get("tax_rate", ident) for ident in one["_rates"]],
            )
            waiting.take(book, invoice, item)
        emit(book, "invoice.created", invoices.sum_up(book, invoice))
        invoices.finalize(book, invoice)
        session["invoice"], session["payment_intent"] = invoice["id"], invoice.get("_intent")
        refused = invoices.attempt(book, invoice, method, watched=True) if invoice["status"] == "open" else None
        if refused is not None:
            raise refused
        return
    if not session["amount_total"]:
        return
    payment = charging.intent(
        book, session["amount_total"], session["currency"], customer["id"], description=data.get("description")
    )
    payment["metadata"] = merged({}, data.get("metadata"))
    session["payment_intent"] = payment["id"]
    why = charging.charge(book, payment, method, watched=True)
    if why:
        raise customers.declined(why, intent=payment["id"])


@route("POST", "/v1/checkout/sessions/{id}/expire")
def expire_session(book: Book, id: str, asked: Thing) -> Thing:
    session = book.get("checkout.session", id)
    if session["status"] != "open":
        raise Refusal(f"Only Checkout Sessions that are open can be expired; this one is {session['status']}.")
    return expire(book, session)


def expire(book: Book, session: Thing) -> Thing:
    session |= {"status": "expired", "url": None}
    emit(book, "checkout.session.expired", book.put(session))
    return session


@route("POST", "/v1/checkout/sessions/{id}", {"metadata": table})
def update_session(book: Book, id: str, asked: Thing) -> Thing:
    session = book.get("checkout.session", id)
    session["metadata"] = merged(session["metadata"], asked.get("metadata"))
    return book.put(session)


@route(
    "GET", "/v1/checkout/sessions/{id}/line_items", {"limit": integer, "starting_after": text, "ending_before": text}
)
def session_lines(book: Book, id: str, asked: Thing) -> Thing:
    rows = book.get("checkout.session", id)["_line_items"]["data"]
    return page(rows[::-1], asked, f"/v1/checkout/sessions/{id}/line_items")


@route(
    "POST",
    "/v1/billing_portal/sessions",
    {"customer!": text, "return_url": text, "locale": text, "configuration": text},
)
def create_portal(book: Book, asked: Thing) -> Thing:
    customer = book.get("customer", asked["customer"], param="customer")
    portal = book.new(
        "billing_portal.session",
        configuration="bpc_stand_in",
        customer=customer["id"],
        customer_account=None,
        flow=None,
        locale=asked.get("locale"),
        on_behalf_of=None,
        return_url=asked.get("return_url"),
    )
    portal["url"] = f"{book.site}/p/session/{portal['id']}"
    return book.put(portal)


def change_card(book: Book, customer: Thing, number: str, month: int, year: int, name: str) -> Thing:
    """A new card for the customer and every subscription. Raises CardRefusal."""
    with book.undone_by(Refusal):
        method = card(book, number, month, year, {"name": name or None})
        customers.attach(book, method, customer)
        with change(book, customer, "customer.updated"):
            customer["invoice_settings"]["default_payment_method"] = method["id"]
        for subscription in book.find("subscription", customer=customer["id"]):
            if subscription["status"] not in subscriptions.OVER and subscription["default_payment_method"]:
                with change(book, subscription, "customer.subscription.updated"):
                    subscription["default_payment_method"] = method["id"]
    return method


retrieve("/v1/checkout/sessions", "checkout.session")
browse(
    "/v1/checkout/sessions",
    "checkout.session",
    {"customer": text, "subscription": text, "payment_intent": text, "status": choice("open", "complete", "expired")},
)
DUE["checkout.session"] = lambda session: session["expires_at"] if session["status"] == "open" else None
HAPPENS["checkout.session"] = expire
