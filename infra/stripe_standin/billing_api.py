"""The addresses of subscriptions, invoices, invoice items and what was paid for them."""

from __future__ import annotations

from infra.stripe_standin import invoices, subscriptions
from infra.stripe_standin.api import browse, page, retrieve, route
from infra.stripe_standin.charging import give_back
from infra.stripe_standin.customers import own_card
from infra.stripe_standin.events import change, emit
from infra.stripe_standin.params import (
    Spec,
    amount,
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
from infra.stripe_standin.refusals import CardRefusal, Refusal
from infra.stripe_standin.store import Book, Thing

COLLECTION = choice("charge_automatically", "send_invoice")
NO_TAX = group({"enabled!": boolean})
ITEM: Spec = {"price": text, "quantity": integer, "tax_rates": texts, "metadata": table}
END: Spec = {"missing_payment_method": choice("cancel", "create_invoice", "pause"), "billing_cycle_anchor": text}
SUBSCRIPTION: Spec = {
    "automatic_tax": NO_TAX,
    "cancel_at": moment,
    "cancel_at_period_end": boolean,
    "collection_method": COLLECTION,
    "days_until_due": integer,
    "default_payment_method": text,
    "default_tax_rates": texts,
    "description": text,
    "metadata": table,
    "off_session": boolean,
    "payment_behavior": choice("allow_incomplete", "default_incomplete", "error_if_incomplete"),
    "payment_settings": anything,
    "proration_behavior": choice("create_prorations", "always_invoice", "none"),
    "trial_end": moment,
    "trial_settings": group({"end_behavior": group(END)}),
    "billing_mode": anything,
}
INVOICE: Spec = {
    "auto_advance": boolean,
    "automatic_tax": NO_TAX,
    "collection_method": COLLECTION,
    "custom_fields": anything,
    "days_until_due": integer,
    "default_payment_method": text,
    "default_tax_rates": texts,
    "description": text,
    "due_date": integer,
    "footer": text,
    "metadata": table,
    "payment_settings": anything,
}


def no_automatic_tax(asked: Thing) -> None:
    if (asked.get("automatic_tax") or {}).get("enabled"):
        raise Refusal("Automatic tax is not set up in this account: use tax rates.", param="automatic_tax[enabled]")


@route(
    "POST",
    "/v1/subscriptions",
    {
        **SUBSCRIPTION,
        "customer!": text,
        "currency": currency,
        "items!": several(group({**ITEM, "price!": text})),
        "trial_period_days": integer,
    },
)
def create_subscription(book: Book, asked: Thing) -> Thing:
    no_automatic_tax(asked)
    customer = book.get("customer", asked["customer"], param="customer")
    if asked.get("default_payment_method"):
        method = own_card(book, customer, asked["default_payment_method"], "default_payment_method")
        asked["default_payment_method"] = method["id"]
    return subscriptions.create(book, customer, asked)


@route(
    "POST",
    "/v1/subscriptions/{id}",
    {
        **SUBSCRIPTION,
        "items": several(group({**ITEM, "id": text, "deleted": boolean})),
        "cancellation_details": group({"comment": text, "feedback": text}),
        "billing_cycle_anchor": choice("now", "unchanged"),
    },
)
def update_subscription(book: Book, id: str, asked: Thing) -> Thing:
    no_automatic_tax(asked)
    subscription = book.get("subscription", id)
    if subscription["status"] in subscriptions.OVER:
        raise Refusal(
            "A canceled subscription can only update its cancellation_details and metadata.", code="resource_missing"
        )
    if asked.get("default_payment_method"):
        customer = book.get("customer", subscription["customer"])
        own_card(book, customer, asked["default_payment_method"], "default_payment_method")
    with book.undone_by(CardRefusal):
        bills = changed_terms(book, subscription, asked)
        if bills is not None:
            invoice = subscriptions.bill(book, subscription, "subscription_update", only_pending=bills == "pending")
            invoices.finalize(book, invoice)
            if invoice["status"] == "open" and invoice["collection_method"] == "charge_automatically":
                refused = invoices.attempt(book, invoice)
                if refused is not None and asked.get("payment_behavior") == "error_if_incomplete":
                    raise refused
    return subscription


def changed_terms(book: Book, subscription: Thing, asked: Thing) -> str | None:
    """Returns what is to be billed at once: `period`, `pending` (prorations), or None."""
    behaviour = asked.get("proration_behavior") or "create_prorations"
    now, bills = book.now(), None
    with change(book, subscription, "customer.subscription.updated"):
        for name in (
            "cancel_at_period_end",
            "cancel_at",
            "collection_method",
            "days_until_due",
            "default_payment_method",
            "description",
        ):
            if name in asked:
                subscription[name] = asked[name]
        if asked.get("cancel_at_period_end"):
            subscription["canceled_at"] = now
            subscription["cancellation_details"]["reason"] = "cancellation_requested"
        elif "cancel_at_period_end" in asked and not asked.get("cancel_at"):
            subscription["cancel_at"] = subscription["canceled_at"] = None
            subscription["cancellation_details"]["reason"] = None
        if "default_tax_rates" in asked:
            rates = asked["default_tax_rates"]
            subscription["default_tax_rates"] = [book.get("tax_rate", one, param="default_tax_rates") for one in rates]
        subscription["cancellation_details"] |= asked.get("cancellation_details") or {}
        subscription["metadata"] = merged(subscription["metadata"], asked.get("metadata"))
        if "items" in asked and changed_items(book, subscription, asked["items"], behaviour):
            bills = "period"
        elif "items" in asked and behaviour == "always_invoice" and subscription["status"] != "trialing":
            bills = "pending"
        if asked.get("trial_end") == "now" and subscription["status"] == "trialing":
            subscription["status"], subscription["trial_end"], bills = "active", now, "period"
        elif isinstance(asked.get("trial_end"), int) and asked["trial_end"] > now:
            subscription |= {"status": "trialing", "trial_end": asked["trial_end"], "_anchor": asked["trial_end"]}
            subscription["_told_trial_end"] = False
            subscriptions.set_period(subscription, now, asked["trial_end"])
        if asked.get("billing_cycle_anchor") == "now":
            bills = "period"
        if bills == "period":
            recurring = subscriptions.items(subscription)[0]["price"]["recurring"]
            subscription |= {"billing_cycle_anchor": now, "_anchor": now}
            subscriptions.set_period(subscription, now, subscriptions.after_period(now, recurring, now))
        subscriptions.plan_cancel(subscription)
    return bills


def changed_items(book: Book, subscription: Thing, wanted: list[Thing], behaviour: str) -> bool:
    """Whether the interval changed, so that a new period begins now."""
    prorates = behaviour != "none" and subscription["status"] not in ("trialing", "incomplete")
    before = subscriptions.items(subscription)[0]["price"]["recurring"]
    start, finish = subscriptions.period(subscription)
    news: list[tuple[Thing | None, Thing | None]] = []
    for number, one in enumerate(wanted):
        kept = next((item for item in subscriptions.items(subscription) if item["id"] == one.get("id")), None)
        if one.get("id") and kept is None:
            raise Refusal(
                f"No such subscription item: '{one['id']}'", code="resource_missing", param=f"items[{number}][id]"
            )
        if one.get("deleted"):
            subscriptions.items(subscription).remove(kept)  # type: ignore[arg-type]
            news.append((kept, None))
            continue
        ident = one.get("price") or (kept["price"]["id"] if kept else "")
        price = book.get("price", ident, param=f"items[{number}][price]")
        quantity: int = one["quantity"] if "quantity" in one else kept["quantity"] if kept else 1
        fresh = subscriptions.new_item(book, subscription["id"], price, quantity, one.get("tax_rates"), {})
        fresh["current_period_start"], fresh["current_period_end"] = start, finish
        fresh["metadata"] = merged(kept["metadata"] if kept else {}, one.get("metadata"))
        if kept is None:
            subscriptions.items(subscription).append(fresh)
            news.append((None, fresh))
        else:
            old = dict(kept)
            if "tax_rates" not in one:
                fresh["tax_rates"] = kept["tax_rates"]
            kept |= {**fresh, "id": kept["id"], "created": kept["created"]}
            if (old["price"]["id"], old["quantity"]) != (price["id"], quantity):
                news.append((old, kept))
    if not subscriptions.items(subscription):
        raise Refusal("A subscription must have at least one item.", param="items")
    subscriptions.check(subscription)
    after = subscriptions.items(subscription)[0]["price"]["recurring"]
    restarts = (before["interval"], before["interval_count"]) != (after["interval"], after["interval_count"])
    restarts = restarts and subscription["status"] != "trialing"
    for old_item, new_item in news if prorates else ():
        subscriptions.prorate(book, subscription, old_item, None if restarts else new_item)
    return restarts


@route(
    "DELETE",
    "/v1/subscriptions/{id}",
    {"cancellation_details": group({"comment": text, "feedback": text}), "invoice_now": boolean, "prorate": boolean},
)
def cancel_subscription(book: Book, id: str, asked: Thing) -> Thing:
    subscription = book.get("subscription", id)
    if subscription["status"] in subscriptions.OVER:
        raise Refusal(f"No such subscription: '{id}'", status=404, code="resource_missing", param="id")
    if asked.get("prorate"):
        for one in subscriptions.items(subscription):
            subscriptions.prorate(book, subscription, one, None)
    if asked.get("invoice_now"):
        invoice = subscriptions.bill(book, subscription, "subscription_update", only_pending=True)
        invoices.finalize(book, invoice)
    subscription["cancellation_details"] |= asked.get("cancellation_details") or {}
    return subscriptions.end(book, subscription, "cancellation_requested")


@route(
    "GET",
    "/v1/subscription_items",
    {"subscription!": text, "limit": integer, "starting_after": text, "ending_before": text},
)
def list_items(book: Book, asked: Thing) -> Thing:
    subscription = book.get("subscription", asked["subscription"], param="subscription")
    return page(subscriptions.items(subscription)[::-1], asked, "/v1/subscription_items")


@route(
    "POST",
    "/v1/invoices",
    {
        **INVOICE,
        "customer!": text,
        "currency": currency,
        "pending_invoice_items_behavior": choice("include", "exclude"),
        "subscription": text,
    },
)
def create_invoice(book: Book, asked: Thing) -> Thing:
    no_automatic_tax(asked)
    customer = book.get("customer", asked["customer"], param="customer")
    sends = asked.get("collection_method") == "send_invoice"
    if sends and asked.get("days_until_due") is None and asked.get("due_date") is None:
        raise Refusal(
            "days_until_due or due_date is required when collection_method is send_invoice.", param="days_until_due"
        )
    if asked.get("subscription"):
        subscription = book.get("subscription", asked["subscription"], param="subscription")
        invoice = subscriptions.bill(book, subscription, "manual", only_pending=True)
        return invoices.edit(book, invoice, {name: one for name, one in asked.items() if name in INVOICE})
    invoice = invoices.draft(
        book,
        customer,
        asked.get("currency") or customer["currency"] or "idr",
        "manual",
        auto_advance=asked.get("auto_advance", False),
        _days_until_due=asked.get("days_until_due", 30),
        default_tax_rates=[
            book.get("tax_rate", one, param="default_tax_rates") for one in asked.get("default_tax_rates") or []
        ],
        metadata=merged({}, asked.get("metadata")),
        **{
            name: asked[name]
            for name in (
                "collection_method",
                "custom_fields",
                "default_payment_method",
                "description",
                "due_date",
                "footer",
            )
            if asked.get(name) is not None
        },
    )
    if asked.get("pending_invoice_items_behavior") == "include":
        for waiting in book.find("invoiceitem", customer=customer["id"], invoice=None, _subscription=None):
            subscriptions.take(book, invoice, waiting)
    invoices.sum_up(book, invoice)
    emit(book, "invoice.created", invoice)
    return invoice


@route("POST", "/v1/invoices/{id}", INVOICE)
def update_invoice(book: Book, id: str, asked: Thing) -> Thing:
    no_automatic_tax(asked)
    return invoices.edit(book, book.get("invoice", id), asked)


@route("DELETE", "/v1/invoices/{id}")
def delete_invoice(book: Book, id: str, asked: Thing) -> Thing:
    invoice = book.get("invoice", id)
    if invoice["status"] != "draft":
        raise Refusal("You can only delete draft invoices.", code="invoice_not_editable")
    emit(book, "invoice.deleted", invoice)
    for item in book.find("invoiceitem", invoice=id):
        book.entomb(item)
    return book.entomb(invoice)


@route("POST", "/v1/invoices/{id}/finalize", {"auto_advance": boolean})
def finalize_invoice(book: Book, id: str, asked: Thing) -> Thing:
    return invoices.finalize(book, book.get("invoice", id), auto_advance=asked.get("auto_advance"))


@route("POST", "/v1/invoices/{id}/send")
def send_invoice(book: Book, id: str, asked: Thing) -> Thing:
    invoice = book.get("invoice", id)
    if invoice["collection_method"] != "send_invoice":
        raise Refusal("You can only manually send an invoice if its collection method is 'send_invoice'.")
    if invoice["status"] == "draft":
        return invoices.finalize(book, invoice)
    emit(book, "invoice.sent", invoice)
    return invoice


@route("POST", "/v1/invoices/{id}/pay", {"paid_out_of_band": boolean, "payment_method": text, "off_session": boolean})
def pay_invoice(book: Book, id: str, asked: Thing) -> Thing:
    return invoices.pay(book, book.get("invoice", id), asked)


@route("POST", "/v1/invoices/{id}/void")
def void_invoice(book: Book, id: str, asked: Thing) -> Thing:
    return invoices.void(book, book.get("invoice", id))


@route("POST", "/v1/invoices/{id}/mark_uncollectible")
def give_up_invoice(book: Book, id: str, asked: Thing) -> Thing:
    return invoices.void(book, book.get("invoice", id), to="uncollectible")


@route("GET", "/v1/invoices/{id}/lines", {"limit": integer, "starting_after": text, "ending_before": text})
def invoice_lines(book: Book, id: str, asked: Thing) -> Thing:
    return page(book.get("invoice", id)["lines"]["data"][::-1], asked, f"/v1/invoices/{id}/lines")


@route(
    "POST",
    "/v1/invoiceitems",
    {
        "customer!": text,
        "amount": integer,
        "currency": currency,
        "description": text,
        "discountable": boolean,
        "invoice": text,
        "metadata": table,
        "period": group({"start!": integer, "end!": integer}),
        "pricing": group({"price": text}),
        "quantity": integer,
        "subscription": text,
        "tax_rates": texts,
    },
)
def create_invoice_item(book: Book, asked: Thing) -> Thing:
    customer = book.get("customer", asked["customer"], param="customer")
    quantity, price = asked.get("quantity", 1), None
    if (asked.get("pricing") or {}).get("price"):
        price = book.get("price", asked["pricing"]["price"], param="pricing[price]")
        value, coin = price["unit_amount"] * quantity, price["currency"]
    elif asked.get("amount") is not None:
        coin = asked.get("currency") or customer["currency"] or "idr"
        value = amount(asked["amount"], coin, "amount")
    else:
        raise Refusal("One of amount or pricing is required.", code="parameter_missing", param="amount")
    invoice = book.get("invoice", asked["invoice"], param="invoice") if asked.get("invoice") else None
    if invoice is not None and (invoice["status"] != "draft" or invoice["customer"] != customer["id"]):
        raise Refusal("The invoice must be a draft of the same customer.", code="invoice_not_editable", param="invoice")
    if invoice is not None and invoice["currency"] != coin:
        raise Refusal("The currency must be that of the invoice.", param="currency")
    span = asked.get("period") or {"start": book.now(), "end": book.now()}
    if asked.get("subscription"):
        book.get("subscription", asked["subscription"], param="subscription")
    item = subscriptions.add_item(
        book,
        customer["id"],
        value,
        coin,
        asked.get("description"),
        start=span["start"],
        end=span["end"],
        quantity=quantity,
        price=price,
        rates=[book.get("tax_rate", one, param="tax_rates") for one in asked.get("tax_rates") or []],
        subscription=asked.get("subscription"),
        metadata=merged({}, asked.get("metadata")),
    )
    if invoice is not None:
        with change(book, invoice, "invoice.updated"):
            subscriptions.take(book, invoice, item)
            invoices.sum_up(book, invoice)
    return item


@route("DELETE", "/v1/invoiceitems/{id}")
def delete_invoice_item(book: Book, id: str, asked: Thing) -> Thing:
    item = book.get("invoiceitem", id)
    if item["invoice"]:
        invoice = book.get("invoice", item["invoice"])
        if invoice["status"] != "draft":
            raise Refusal(
                "The invoice item is attached to an invoice that is no longer editable.", code="invoice_not_editable"
            )
        lines = invoice["lines"]["data"]
        invoice["lines"]["data"] = [
            one for one in lines if (one["parent"]["invoice_item_details"] or {}).get("invoice_item") != id
        ]
        invoices.sum_up(book, invoice)
    emit(book, "invoiceitem.deleted", item)
    return book.entomb(item)


@route(
    "POST",
    "/v1/credit_notes",
    {
        "invoice!": text,
        "amount": integer,
        "memo": text,
        "metadata": table,
        "reason": choice("duplicate", "fraudulent", "order_change", "product_unsatisfactory"),
        "refund_amount": integer,
        "credit_amount": integer,
        "out_of_band_amount": integer,
    },
)
def create_credit_note(book: Book, asked: Thing) -> Thing:
    """Of an open invoice: less is due. Of a paid one: given back to the card, to the balance, or outside."""
    invoice = book.get("invoice", asked["invoice"], param="invoice")
    is_open = invoice["status"] == "open"
    if invoice["status"] not in ("open", "paid"):
        raise Refusal("Credit notes can be made for open and paid invoices only.", param="invoice")
    parts = [asked.get(name, 0) for name in ("refund_amount", "credit_amount", "out_of_band_amount")]
    value = amount(asked.get("amount", sum(parts)), invoice["currency"], "amount")
    left = (
        invoice["amount_remaining"] if is_open else invoice["amount_paid"] - invoice["post_payment_credit_notes_amount"]
    )
    if not 0 < value <= left or (not is_open and sum(parts) != value):
        raise Refusal(f"The amount must be from 1 to {left}, and that of its parts.", param="amount")
    refunds = []
    if parts[0]:
        intent = book.get("payment_intent", invoice.get("_intent", ""), param="refund_amount")
        taken = book.get("charge", intent["latest_charge"] or "", param="refund_amount")
        refund = give_back(book, taken, parts[0], reason=None, metadata={})
        refunds = [
            {"amount_refunded": parts[0], "refund": refund["id"], "payment_record_refund": None, "type": "refund"}
        ]
    customer = book.get("customer", invoice["customer"])
    with change(book, customer, "customer.updated"):
        customer["balance"] -= parts[1]
    with change(book, invoice, "invoice.updated"):
        if is_open:
            invoice["pre_payment_credit_notes_amount"] += value
            invoice["amount_due"] -= value
            invoice["amount_remaining"] -= value
        else:
            invoice["post_payment_credit_notes_amount"] += value
    number = len(book.find("credit_note", invoice=invoice["id"])) + 1
    note = book.new(
        "credit_note",
        amount=value,
        amount_shipping=0,
        currency=invoice["currency"],
        customer=invoice["customer"],
        customer_balance_transaction=None,
        discount_amount=0,
        discount_amounts=[],
        effective_at=book.now(),
        invoice=invoice["id"],
        lines={"object": "list", "data": [], "has_more": False, "url": ""},
        memo=asked.get("memo"),
        metadata=merged({}, asked.get("metadata")),
        number=f"{invoice['number']}-CN-{number:02d}",
        out_of_band_amount=asked.get("out_of_band_amount"),
        pdf=invoice["invoice_pdf"],
        post_payment_amount=0 if is_open else value,
        pre_payment_amount=value if is_open else 0,
        pretax_credit_amounts=[],
        reason=asked.get("reason"),
        refunds=refunds,
        shipping_cost=None,
        status="issued",
        subtotal=value,
        subtotal_excluding_tax=None,
        total=value,
        total_excluding_tax=None,
        total_taxes=[],
        type="pre_payment" if is_open else "post_payment",
        voided_at=None,
    )
    emit(book, "credit_note.created", note)
    if is_open and invoice["amount_remaining"] == 0:
        invoices.settle(book, invoice, paid=0)
    return note


def keeps_subscription(one: Thing, asked: Thing) -> bool:
    status = asked.get("status")
    right = status in ("all", one["status"]) or (status is None and one["status"] != "canceled")
    right = right or (status == "ended" and one["status"] in subscriptions.OVER)
    prices = [item["price"]["id"] for item in subscriptions.items(one)]
    same = all(asked.get(name) in (None, one[name]) for name in ("customer", "collection_method"))
    return right and same and asked.get("price") in (None, *prices)


def keeps_invoice(one: Thing, asked: Thing) -> bool:
    ours = ((one["parent"] or {}).get("subscription_details") or {}).get("subscription")
    same = all(asked.get(name) in (None, one[name]) for name in ("customer", "status", "collection_method"))
    return same and asked.get("subscription") in (None, ours)


def keeps_payment(one: Thing, asked: Thing) -> bool:
    intent = (asked.get("payment") or {}).get("payment_intent")
    same = all(asked.get(name) in (None, one[name]) for name in ("invoice", "status"))
    return same and intent in (None, one["payment"].get("payment_intent"))


retrieve("/v1/subscriptions", "subscription")
retrieve("/v1/invoices", "invoice")
retrieve("/v1/invoiceitems", "invoiceitem")
retrieve("/v1/invoice_payments", "invoice_payment")
retrieve("/v1/credit_notes", "credit_note")
STATUSES = (
    "all",
    "ended",
    "active",
    "canceled",
    "incomplete",
    "incomplete_expired",
    "past_due",
    "trialing",
    "unpaid",
    "paused",
)
browse(
    "/v1/subscriptions",
    "subscription",
    {"customer": text, "price": text, "status": choice(*STATUSES), "collection_method": COLLECTION},
    keeps_subscription,
)
browse(
    "/v1/invoices",
    "invoice",
    {
        "customer": text,
        "subscription": text,
        "status": choice("draft", "open", "paid", "uncollectible", "void"),
        "collection_method": COLLECTION,
    },
    keeps_invoice,
)
browse("/v1/invoiceitems", "invoiceitem", {"customer": text, "invoice": text})
browse(
    "/v1/invoice_payments",
    "invoice_payment",
    {"invoice": text, "status": text, "payment": group({"type": text, "payment_intent": text})},
    keeps_payment,
)
browse("/v1/credit_notes", "credit_note", {"customer": text, "invoice": text})
