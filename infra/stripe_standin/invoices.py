"""An invoice's life: a draft, then open with a number, then paid, void or given up."""

from __future__ import annotations

import secrets
from typing import Any

from infra.stripe_standin import charging
from infra.stripe_standin.customers import declined, own_card
from infra.stripe_standin.events import change, emit
from infra.stripe_standin.params import merged
from infra.stripe_standin.refusals import CardRefusal, Refusal
from infra.stripe_standin.store import DUE, HAPPENS, Book, Thing, blank

HOUR, DAY = 3600, 86_400
# Days after a failed charge at which it is tried again.
RETRIES = [3, 5, 7]
# What an update writes as it was said.
SAID = [
    "auto_advance",
    "collection_method",
    "custom_fields",
    "default_payment_method",
    "description",
    "due_date",
    "footer",
]


def whole(value: float, currency: str) -> int:
    """Rounded: to whole rupiah, as this account bills in no smaller part."""
    step = 100 if currency == "idr" else 1
    return int(value / step + (0.5 if value >= 0 else -0.5)) * step


def draft(book: Book, customer: Thing, currency: str, reason: str, **fields: Any) -> Thing:
    """An empty invoice; its event is for the caller to emit, once the lines are there."""
    now = book.now()
    auto = fields.pop("auto_advance", False)
    empty = blank(
        "account_tax_ids application automatically_finalizes_at custom_fields customer_shipping "
        "customer_account default_payment_method default_source description due_date effective_at "
        "ending_balance footer from_invoice hosted_invoice_url invoice_pdf last_finalization_error "
        "latest_revision next_payment_attempt number on_behalf_of parent receipt_number rendering "
        "shipping_cost shipping_details statement_descriptor test_clock threshold_reason "
        "webhooks_delivered_at"
    )
    if auto:
        empty["automatically_finalizes_at"] = now + int(book.setting("draft_wait", HOUR))
    invoice = {
        **empty,
        "account_country": "SG",
        "account_name": "WARSA (stand-in)",
        "amount_overpaid": 0,
        "amount_shipping": 0,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": auto,
        "automatic_tax": {
            "enabled": False,
            "liability": None,
            "status": None,
            "disabled_reason": None,
            "provider": None,
        },
        "billing_reason": reason,
        "collection_method": "charge_automatically",
        "currency": currency,
        "customer": customer["id"],
        **{f"customer_{name}": customer[name] for name in ("address", "email", "name", "phone", "tax_exempt")},
        "customer_tax_ids": [],
        "default_tax_rates": [],
        "discounts": [],
        "issuer": {"type": "self"},
        "metadata": {},
        "payment_settings": {"default_mandate": None, "payment_method_options": None, "payment_method_types": None},
        "period_start": now,
        "period_end": now,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "starting_balance": 0,
        "status": "draft",
        "status_transitions": dict.fromkeys(("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")),
        "lines": {"object": "list", "data": [], "has_more": False, "url": ""},
        "_token": secrets.token_urlsafe(24),
        "_overdue": False,
        **fields,
    }
    invoice = book.new("invoice", **invoice)
    invoice["lines"]["url"] = f"/v1/invoices/{invoice['id']}/lines"
    if customer["currency"] is None:
        customer["currency"] = currency
        book.put(customer)
    return sum_up(book, invoice)


def line(
    book: Book,
    invoice: Thing,
    value: int,
    *,
    description: str | None,
    start: int,
    end: int,
    quantity: int = 1,
    **what: Any,
) -> Thing:
    """One line, at the end. `price`, `rates`, `parent`, `metadata` say what it is for."""
    price = what.get("price")
    found = {
        "id": book.ident("line_item"),
        "object": "line_item",
        "amount": value,
        "currency": invoice["currency"],
        "description": description,
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice["id"],
        "livemode": book.live,
        "metadata": what.get("metadata") or {},
        "parent": what.get("parent"),
        "period": {"start": start, "end": end},
        "pretax_credit_amounts": [],
        "pricing": price
        and {
            "type": "price_details",
            "price_details": {"price": price["id"], "product": price["product"]},
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": quantity,
        "quantity_decimal": str(quantity),
        "subscription": what.get("subscription"),
        "subtotal": value,
        "taxes": [],
        "_rates": what.get("rates") or [],
    }
    invoice["lines"]["data"].append(found)
    return found


def sum_up(book: Book, invoice: Thing) -> Thing:
    """The totals follow from the lines."""
    taxes: dict[str, Thing] = {}
    for one in invoice["lines"]["data"]:
        one["taxes"] = []
        for rate in one["_rates"] or invoice["default_tax_rates"]:
            part = rate["percentage"] / 100
            value = one["amount"] * part / (1 + part) if rate["inclusive"] else one["amount"] * part
            tax = {
                "amount": whole(value, invoice["currency"]),
                "tax_behavior": "inclusive" if rate["inclusive"] else "exclusive",
                "tax_rate_details": {"tax_rate": rate["id"]},
                "taxability_reason": "not_available",
                "taxable_amount": one["amount"] - (whole(value, invoice["currency"]) if rate["inclusive"] else 0),
                "type": "tax_rate_details",
            }
            one["taxes"].append(tax)
            total = taxes.setdefault(rate["id"], {**tax, "amount": 0, "taxable_amount": 0})
            total["amount"] += tax["amount"]
            total["taxable_amount"] += tax["taxable_amount"]
    subtotal = sum(one["amount"] for one in invoice["lines"]["data"])
    added = sum(tax["amount"] for tax in taxes.values() if tax["tax_behavior"] == "exclusive")
    within = sum(tax["amount"] for tax in taxes.values() if tax["tax_behavior"] == "inclusive")
    total = subtotal + added
    due = max(0, total + invoice["starting_balance"])
    invoice |= {
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal - within,
        "total": total,
        "total_excluding_tax": subtotal - within,
        "total_taxes": list(taxes.values()),
        "total_discount_amounts": [],
        "total_pretax_credit_amounts": [],
        "amount_due": due,
        "amount_paid": 0,
        "amount_paid_off_stripe": 0,
        "amount_remaining": due,
    }
    return book.put(invoice)


def subscription_of(book: Book, invoice: Thing) -> Thing | None:
    parent = invoice["parent"]
    return book.seek(parent["subscription_details"]["subscription"]) if parent else None


def finalize(book: Book, invoice: Thing, *, auto_advance: bool | None = None) -> Thing:
    """States: draft -> open, or paid at once when nothing is due."""
    if invoice["status"] != "draft":
        raise Refusal(
            "This invoice is already finalized, you can't re-finalize a non-draft invoice.", code="invoice_not_editable"
        )
    customer = book.get("customer", invoice["customer"])
    now = book.now()
    with change(book, invoice, "invoice.finalized"):
        invoice["starting_balance"] = customer["balance"]
        sum_up(book, invoice)
        left = invoice["total"] + invoice["starting_balance"]
        invoice["ending_balance"] = min(0, left)
        if auto_advance is not None:
            invoice["auto_advance"] = auto_advance
        invoice["number"] = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
        invoice["status"] = "open"
        invoice["automatically_finalizes_at"] = None
        invoice["effective_at"] = invoice["effective_at"] or now
        invoice["status_transitions"]["finalized_at"] = now
        invoice["hosted_invoice_url"] = f"{book.site}/i/{invoice['_token']}"
        invoice["invoice_pdf"] = f"{book.site}/i/{invoice['_token']}/pdf"
        if invoice["collection_method"] == "send_invoice" and invoice["due_date"] is None:
            invoice["due_date"] = now + DAY * invoice.get("_days_until_due", 30)
        if invoice["amount_due"]:
            payment = charging.intent(
                book,
                invoice["amount_due"],
                invoice["currency"],
                customer["id"],
                description=f"Invoice {invoice['number']}",
            )
            invoice["_confirmation_secret"] = {"client_secret": payment["client_secret"], "type": "payment_intent"}
            invoice["_intent"] = payment["id"]
            book.new(
                "invoice_payment",
                amount_paid=None,
                amount_requested=invoice["amount_due"],
                currency=invoice["currency"],
                invoice=invoice["id"],
                is_default=True,
                payment={"type": "payment_intent", "payment_intent": payment["id"]},
                status="open",
                status_transitions={"canceled_at": None, "paid_at": None},
            )
    customer["next_invoice_sequence"] += 1
    with change(book, customer, "customer.updated"):
        customer["balance"] = invoice["ending_balance"]
    if invoice["amount_due"] == 0:
        settle(book, invoice, paid=0)
    elif invoice["collection_method"] == "send_invoice":
        emit(book, "invoice.sent", invoice)
    return invoice


def settle(book: Book, invoice: Thing, *, paid: int, outside: bool = False) -> None:
    """The invoice is paid: by `paid`, here or outside of Stripe; its subscription may live again."""
    from infra.stripe_standin.subscriptions import after_payment

    now = book.now()
    before = dict(invoice)
    invoice |= {
        "status": "paid",
        "amount_paid": paid,
        "amount_paid_off_stripe": paid if outside else 0,
        "amount_remaining": 0,
        "attempted": True,
        "auto_advance": False,
        "next_payment_attempt": None,
        "status_transitions": {**invoice["status_transitions"], "paid_at": now},
    }
    book.put(invoice)
    for one in book.find("invoice_payment", invoice=invoice["id"], status="open"):
        one["status"] = "canceled" if outside else "paid"
        one["status_transitions"]["canceled_at" if outside else "paid_at"] = now
        if not outside:
            one["amount_paid"] = paid
        book.put(one)
        if not outside:
            emit(book, "invoice_payment.paid", one)
    emit(book, "invoice.paid", invoice)
    emit(book, "invoice.payment_succeeded", invoice)
    emit(book, "invoice.updated", invoice, before)
    subscription = subscription_of(book, invoice)
    if subscription is not None:
        after_payment(book, subscription, invoice)


def card_for(book: Book, invoice: Thing) -> Thing | None:
    subscription = subscription_of(book, invoice)
    customer = book.get("customer", invoice["customer"])
    ident = (
        (subscription or {}).get("default_payment_method")
        or invoice["default_payment_method"]
        or customer["invoice_settings"]["default_payment_method"]
    )
    return book.seek(ident) if ident else None


def attempt(
    book: Book, invoice: Thing, method: Thing | None = None, *, watched: bool = False, scheduled: bool = False
) -> CardRefusal | None:
    """Charge an open invoice once. Returns the card's refusal, after what follows from it was done.

    Only the first attempt and those of the schedule count, and plan the next.
    """
    from infra.stripe_standin.subscriptions import after_failure

    method = method or card_for(book, invoice)
    counts = scheduled or invoice["attempt_count"] == 0
    why, payment = "card_declined", book.seek(invoice.get("_intent", ""))
    if method is not None and payment is not None:
        why = charging.charge(book, payment, method, watched=watched)
        if not why:
            invoice["attempt_count"] += counts
            settle(book, invoice, paid=invoice["amount_due"])
            return None
    before, last = dict(invoice), False
    invoice["attempted"] = True
    if counts:
        tried = invoice["attempt_count"]
        invoice["attempt_count"] += 1
        retries = book.setting("retries", RETRIES)
        retried = invoice["auto_advance"] and invoice["billing_reason"] != "subscription_create"
        invoice["next_payment_attempt"] = None
        if retried and tried < len(retries):
            invoice["next_payment_attempt"] = book.now() + int(retries[tried] * DAY)
        last = retried and invoice["next_payment_attempt"] is None
    book.put(invoice)
    emit(book, "invoice.payment_failed", invoice)
    emit(book, "invoice.updated", invoice, before)
    subscription = subscription_of(book, invoice)
    if subscription is not None:
        after_failure(book, subscription, last=last)
    return declined(why, intent=(payment or {}).get("id", ""))


def pay(book: Book, invoice: Thing, asked: Thing) -> Thing:
    """Raises Refusal when it is not open, CardRefusal when the card refuses."""
    if invoice["status"] == "draft":
        finalize(book, invoice)
    elif invoice["status"] == "paid":
        raise Refusal("Invoice is already paid", code="invoice_already_paid")
    elif invoice["status"] not in ("open", "uncollectible"):
        raise Refusal(f"Invoice is {invoice['status']} and cannot be paid.", code="invoice_not_editable")
    if invoice["status"] == "paid":
        return invoice
    if asked.get("paid_out_of_band"):
        settle(book, invoice, paid=invoice["amount_due"], outside=True)
        return invoice
    method = None
    if asked.get("payment_method"):
        customer = book.get("customer", invoice["customer"])
        method = own_card(book, customer, asked["payment_method"], "payment_method")
    if method is None and card_for(book, invoice) is None:
        raise Refusal(
            "Cannot charge a customer that has no active card: attach a payment method, or pass paid_out_of_band.",
            code="missing",
        )
    refused = attempt(book, invoice, method, watched=asked.get("off_session") is False)
    if refused is not None:
        raise refused
    return invoice


def void(book: Book, invoice: Thing, *, to: str = "void") -> Thing:
    """States: open, uncollectible -> void; open -> uncollectible."""
    if invoice["status"] not in (("open", "uncollectible") if to == "void" else ("open",)):
        raise Refusal(
            f"You can only pass in open invoices; this one is {invoice['status']}.", code="invoice_not_editable"
        )
    with change(book, invoice, "invoice.voided" if to == "void" else "invoice.marked_uncollectible"):
        invoice["status"] = to
        invoice["status_transitions"]["voided_at" if to == "void" else "marked_uncollectible_at"] = book.now()
        invoice["auto_advance"], invoice["next_payment_attempt"] = False, None
    if to == "void":
        customer = book.get("customer", invoice["customer"])
        with change(book, customer, "customer.updated"):
            customer["balance"] += invoice["starting_balance"] - invoice["ending_balance"]
        for one in book.find("invoice_payment", invoice=invoice["id"], status="open"):
            one["status"] = "canceled"
            one["status_transitions"]["canceled_at"] = book.now()
            book.put(one)
    return invoice


def due(invoice: Thing) -> int | None:
    moments = []
    if invoice.get("deleted"):
        return None
    if invoice["status"] == "draft" and invoice["auto_advance"]:
        moments.append(invoice["automatically_finalizes_at"])
    if invoice["status"] == "open":
        moments.append(invoice["next_payment_attempt"])
        if invoice["collection_method"] == "send_invoice" and not invoice["_overdue"]:
            moments.append(invoice["due_date"])
    return min((one for one in moments if one is not None), default=None)


def happens(book: Book, invoice: Thing) -> None:
    from infra.stripe_standin.subscriptions import after_failure

    if invoice["status"] == "draft":
        finalize(book, invoice)
        if invoice["status"] == "open" and invoice["collection_method"] == "charge_automatically":
            attempt(book, invoice, scheduled=True)
    elif invoice["next_payment_attempt"] is not None and invoice["next_payment_attempt"] <= book.now():
        attempt(book, invoice, scheduled=True)
    else:
        invoice["_overdue"] = True
        emit(book, "invoice.overdue", book.put(invoice))
        subscription = subscription_of(book, invoice)
        if subscription is not None:
            after_failure(book, subscription, last=False)


def edit(book: Book, invoice: Thing, asked: Thing) -> Thing:
    """What may be said of it anew; its terms only while it is a draft."""
    terms = set(asked) - {"expand", "metadata", "auto_advance"}
    if invoice["status"] != "draft" and terms:
        raise Refusal(
            f"Finalized invoices can't be updated in this way: {', '.join(sorted(terms))}", code="invoice_not_editable"
        )
    with change(book, invoice, "invoice.updated"):
        invoice["metadata"] = merged(invoice["metadata"], asked.get("metadata"))
        invoice |= {name: asked[name] for name in SAID if name in asked}
        if invoice["auto_advance"] and invoice["status"] == "draft" and invoice["automatically_finalizes_at"] is None:
            invoice["automatically_finalizes_at"] = book.now() + int(book.setting("draft_wait", HOUR))
        if "default_tax_rates" in asked:
            invoice["default_tax_rates"] = [
                book.get("tax_rate", one, param="default_tax_rates") for one in asked["default_tax_rates"]
            ]
        if "days_until_due" in asked:
            invoice["_days_until_due"] = asked["days_until_due"]
        if invoice["status"] == "draft":
            sum_up(book, invoice)
    return invoice


DUE["invoice"], HAPPENS["invoice"] = due, happens
