"""The addresses of invoices, their items, payments and credit notes."""

from __future__ import annotations

from infra.stripe_standin import invoices, subscriptions, waiting
from infra.stripe_standin.api import browse, page, retrieve, route
from infra.stripe_standin.charging import give_back
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
    table,
    text,
    texts,
)
from infra.stripe_standin.refusals import Refusal
from infra.stripe_standin.store import Book, Thing

COLLECTION = choice("charge_automatically", "send_invoice")
NO_TAX = group({"enabled!": boolean})
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
        for one in book.find("invoiceitem", customer=customer["id"], invoice=None, _subscription=None):
            waiting.take(book, invoice, one)
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
    invoice = invoices.finalize(book, book.get("invoice", id), auto_advance=asked.get("auto_advance"))
    if (
        invoice["status"] == "open"
        and invoice["auto_advance"]
        and invoice["collection_method"] == "charge_automatically"
    ):
        # It is charged by itself after a while.
        invoice["next_payment_attempt"] = book.now() + int(book.setting("draft_wait", invoices.HOUR))
        book.put(invoice)
    return invoice


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
    item = waiting.add_item(
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
            waiting.take(book, invoice, item)
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


def keeps_invoice(one: Thing, asked: Thing) -> bool:
    ours = ((one["parent"] or {}).get("subscription_details") or {}).get("subscription")
    same = all(asked.get(name) in (None, one[name]) for name in ("customer", "status", "collection_method"))
    return same and asked.get("subscription") in (None, ours)


def keeps_payment(one: Thing, asked: Thing) -> bool:
    intent = (asked.get("payment") or {}).get("payment_intent")
    same = all(asked.get(name) in (None, one[name]) for name in ("invoice", "status"))
    return same and intent in (None, one["payment"].get("payment_intent"))


retrieve("/v1/invoices", "invoice")
retrieve("/v1/invoiceitems", "invoiceitem")
retrieve("/v1/invoice_payments", "invoice_payment")
retrieve("/v1/credit_notes", "credit_note")
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
