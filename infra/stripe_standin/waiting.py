"""Invoice items: what waits for a customer's next invoice, and how it gets there."""

from __future__ import annotations

from collections.abc import Sequence

from infra.stripe_standin import invoices
from infra.stripe_standin.events import emit
from infra.stripe_standin.store import Book, Thing


def take(book: Book, invoice: Thing, item: Thing) -> None:
    """An invoice item that waited goes onto this invoice."""
    details = {"credited_items": None}
    invoices.line(
        book,
        invoice,
        item["amount"],
        description=item["description"],
        start=item["period"]["start"],
        end=item["period"]["end"],
        quantity=item["quantity"],
        price=item["_price"],
        rates=item["tax_rates"],
        metadata=dict(item["metadata"]),
        subscription=item["_subscription"],
        parent={
            "type": "invoice_item_details",
            "subscription_item_details": None,
            "invoice_item_details": {
                "invoice_item": item["id"],
                "proration": item["proration"],
                "proration_details": details,
                "subscription": item["_subscription"],
            },
        },
    )
    item["invoice"] = invoice["id"]
    book.put(item)


def name_of(book: Book, price: Thing) -> str:
    product = book.seek(price["product"]) or {}
    return str(product.get("name", price["product"]))


def add_item(
    book: Book,
    customer: str,
    value: int,
    currency: str,
    description: str | None,
    *,
    start: int,
    end: int,
    quantity: int = 1,
    price: Thing | None = None,
    rates: Sequence[Thing] = (),
    subscription: str | None = None,
    proration: bool = False,
    metadata: Thing | None = None,
) -> Thing:
    """An invoice item that waits for the customer's next invoice."""
    found = book.new(
        "invoiceitem",
        amount=value,
        currency=currency,
        customer=customer,
        date=book.now(),
        description=description,
        discountable=not proration,
        discounts=[],
        invoice=None,
        metadata=metadata or {},
        net_amount=value,
        parent=subscription
        and {
            "type": "subscription_details",
            "subscription_details": {"subscription": subscription, "subscription_item": None},
        },
        period={"start": start, "end": end},
        pricing=price
        and {
            "type": "price_details",
            "price_details": {"price": price["id"], "product": price["product"]},
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        proration=proration,
        proration_details={"discount_amounts": []} if proration else None,
        quantity=quantity,
        quantity_decimal=str(quantity),
        tax_rates=list(rates),
        test_clock=None,
        _price=price,
        _subscription=subscription,
    )
    # It says `date` instead.
    del found["created"]
    emit(book, "invoiceitem.created", book.put(found))
    return found
