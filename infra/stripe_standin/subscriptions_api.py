"""The addresses of subscriptions: begun, changed in their terms, ended."""

from __future__ import annotations

from infra.stripe_standin import invoices, subscriptions
from infra.stripe_standin.api import browse, page, retrieve, route
from infra.stripe_standin.customers import own_card
from infra.stripe_standin.events import change
from infra.stripe_standin.invoices_api import COLLECTION, NO_TAX, no_automatic_tax
from infra.stripe_standin.params import (
    Spec,
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
        same = kept is not None and kept["price"]["id"] == price["id"]
        fresh = subscriptions.new_item(book, subscription["id"], price, quantity, one.get("tax_rates"), {}, kept=same)
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


def keeps_subscription(one: Thing, asked: Thing) -> bool:
    status = asked.get("status")
    right = status in ("all", one["status"]) or (status is None and one["status"] != "canceled")
    right = right or (status == "ended" and one["status"] in subscriptions.OVER)
    prices = [item["price"]["id"] for item in subscriptions.items(one)]
    same = all(asked.get(name) in (None, one[name]) for name in ("customer", "collection_method"))
    return right and same and asked.get("price") in (None, *prices)


retrieve("/v1/subscriptions", "subscription")
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
