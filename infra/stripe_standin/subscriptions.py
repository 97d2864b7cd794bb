"""A subscription's life: trialing, incomplete, active, past_due, unpaid, canceled; billed by period as the clock goes."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from infra.stripe_standin import invoices, waiting
from infra.stripe_standin.events import change, emit
from infra.stripe_standin.params import merged
from infra.stripe_standin.refusals import CardRefusal, Refusal
from infra.stripe_standin.store import DUE, HAPPENS, Book, Thing, blank

HOUR, DAY = 3600, 86_400
OVER = ("canceled", "incomplete_expired")


def after_period(start: int, recurring: Thing, anchor: int) -> int:
    """The end of the period that begins at `start`: the anchor's day of the month, or the month's last."""
    at, count = datetime.fromtimestamp(start, UTC), recurring["interval_count"]
    if recurring["interval"] in ("day", "week"):
        return int((at + timedelta(days=count * (7 if recurring["interval"] == "week" else 1))).timestamp())
    months = at.year * 12 + at.month - 1 + count * (12 if recurring["interval"] == "year" else 1)
    year, month = divmod(months, 12)
    day = min(datetime.fromtimestamp(anchor, UTC).day, calendar.monthrange(year, month + 1)[1])
    return int(at.replace(year=year, month=month + 1, day=day).timestamp())


def new_item(
    book: Book,
    subscription: str,
    price: Thing,
    quantity: int,
    rates: Sequence[str] | None,
    metadata: Thing,
    *,
    kept: bool = False,
) -> Thing:
    """`kept`: it has this price already, which may have been retired since. Raises Refusal for a price that cannot recur."""
    if price["recurring"] is None:
        raise Refusal(
            f"The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`: {price['id']}",
            param="items[0][price]",
        )
    if not price["active"] and not kept:
        raise Refusal(f"The price specified is inactive: {price['id']}", param="items[0][price]")
    return {
        "id": book.ident("subscription_item"),
        "object": "subscription_item",
        "billing_thresholds": None,
        "billed_until": None,
        "created": book.now(),
        "current_period_start": 0,
        "current_period_end": 0,
        "discounts": [],
        "metadata": metadata,
        "plan": plan(price),
        "price": price,
        "quantity": quantity,
        "subscription": subscription,
        "tax_rates": [book.get("tax_rate", one, param="tax_rates") for one in rates or []],
    }


def plan(price: Thing) -> Thing:
    same = ("id", "active", "billing_scheme", "created", "currency", "livemode", "metadata", "nickname", "product")
    of_use = {
        name: price["recurring"][name]
        for name in ("interval", "interval_count", "meter", "trial_period_days", "usage_type")
    }
    return {
        **{name: price[name] for name in same},
        **of_use,
        "object": "plan",
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "tiers_mode": None,
        "transform_usage": None,
    }


def items(subscription: Thing) -> list[Thing]:
    found: list[Thing] = subscription["items"]["data"]
    return found


def period(subscription: Thing) -> tuple[int, int]:
    first = items(subscription)[0]
    return first["current_period_start"], first["current_period_end"]


def set_period(subscription: Thing, start: int, end: int) -> None:
    for one in items(subscription):
        one["current_period_start"], one["current_period_end"] = start, end


def check(subscription: Thing) -> None:
    """Raises Refusal for items that cannot be billed together."""
    prices = [one["price"] for one in items(subscription)]
    if len({(one["recurring"]["interval"], one["recurring"]["interval_count"]) for one in prices}) != 1:
        raise Refusal("All prices of a subscription must have the same interval.", param="items")
    if len({one["currency"] for one in prices}) != 1:
        raise Refusal("All prices of a subscription must have the same currency.", param="items")
    if len({one["id"] for one in prices}) != len(prices):
        raise Refusal("Each price can be used in one item of a subscription only.", param="items")


def create(book: Book, customer: Thing, asked: Thing, *, watched: bool = False) -> Thing:
    """Starts it and bills its first period.

    `asked`: the parameters as the API reads them. `watched`: from Checkout, with the owner of the card there.
    Raises:  CardRefusal with payment_behavior=error_if_incomplete, and then nothing is written.
    """
    with book.undone_by(CardRefusal):
        return _create(book, customer, asked, watched=watched)


def _create(book: Book, customer: Thing, asked: Thing, *, watched: bool) -> Thing:
    now = book.now()
    trial_end = now if asked.get("trial_end") == "now" else asked.get("trial_end")
    if asked.get("trial_period_days"):
        trial_end = now + asked["trial_period_days"] * DAY
    trial_end = trial_end or now
    trial = trial_end > now
    sends = asked.get("collection_method") == "send_invoice"
    if sends and asked.get("days_until_due") is None:
        raise Refusal("days_until_due is required when collection_method is send_invoice.", param="days_until_due")
    behaviour = asked.get("payment_behavior") or "allow_incomplete"
    card = asked.get("default_payment_method") or customer["invoice_settings"]["default_payment_method"]
    if not (card or trial or sends or behaviour == "default_incomplete"):
        raise Refusal(
            "This customer has no attached payment source or default payment method. Please consider adding a default"
            " payment method.",
            code="resource_missing",
        )
    subscription = {
        **blank(
            "application application_fee_percent billing_cycle_anchor_config billing_thresholds cancel_at "
            "canceled_at customer_account default_payment_method default_source description ended_at "
            "latest_invoice next_pending_invoice_item_invoice on_behalf_of pause_collection "
            "pending_invoice_item_interval pending_setup_intent pending_update schedule test_clock transfer_data"
        ),
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": trial_end if trial else now,
        "billing_mode": {"type": "flexible", "flexible": {"proration_discounts": "included"}, "updated_at": None},
        "billing_schedules": [],
        "cancel_at_period_end": asked.get("cancel_at_period_end", False),
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": asked.get("collection_method") or "charge_automatically",
        "currency": "",
        "customer": customer["id"],
        "days_until_due": asked.get("days_until_due"),
        "default_payment_method": asked.get("default_payment_method"),
        "default_tax_rates": [
            book.get("tax_rate", one, param="default_tax_rates") for one in asked.get("default_tax_rates") or []
        ],
        "description": asked.get("description"),
        "discounts": [],
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "items": {"object": "list", "data": [], "has_more": False, "url": ""},
        "metadata": merged({}, asked.get("metadata")),
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "start_date": now,
        "status": "trialing" if trial else "active" if sends else "incomplete",
        "trial_end": trial_end if trial else None,
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
        "trial_start": now if trial else None,
        "_told_trial_end": False,
        "_anchor": trial_end if trial else now,
    }
    subscription["trial_settings"]["end_behavior"] |= (asked.get("trial_settings") or {}).get("end_behavior") or {}
    subscription["cancel_at"] = asked.get("cancel_at")
    ident = book.ident("subscription")
    for one in asked["items"]:
        price = book.get("price", one["price"], param="items[0][price]")
        item = new_item(
            book, ident, price, one.get("quantity", 1), one.get("tax_rates"), merged({}, one.get("metadata"))
        )
        subscription["items"]["data"].append(item)
    check(subscription)
    first = items(subscription)[0]["price"]
    subscription["currency"] = first["currency"]
    subscription["items"]["url"] = f"/v1/subscription_items?subscription={ident}"
    set_period(subscription, now, trial_end if trial else after_period(now, first["recurring"], now))
    plan_cancel(subscription)
    subscription = book.new("subscription", id=ident, **subscription)
    emit(book, "customer.subscription.created", subscription)
    invoice = bill(book, subscription, "subscription_create")
    if sends and invoice["amount_due"]:
        return subscription
    invoices.finalize(book, invoice)
    if invoice["status"] == "open" and behaviour != "default_incomplete":
        refused = invoices.attempt(book, invoice, watched=watched)
        if refused is not None and behaviour == "error_if_incomplete":
            raise refused
    return subscription


def bill(book: Book, subscription: Thing, reason: str, *, only_pending: bool = False) -> Thing:
    """Returns the draft for the present period, with what waited to be billed."""
    customer = book.get("customer", subscription["customer"])
    start, end = period(subscription)
    stopped = subscription["status"] == "unpaid"
    invoice = invoices.draft(
        book,
        customer,
        subscription["currency"],
        reason,
        auto_advance=not stopped,
        collection_method=subscription["collection_method"],
        default_tax_rates=subscription["default_tax_rates"],
        metadata={},
        parent={
            "type": "subscription_details",
            "quote_details": None,
            "subscription_details": {
                "subscription": subscription["id"],
                "metadata": dict(subscription["metadata"]),
                "subscription_proration_date": None,
            },
        },
        _days_until_due=subscription["days_until_due"] or 30,
    )
    if not only_pending:
        for one in items(subscription):
            price, quantity = one["price"], one["quantity"]
            trial = subscription["status"] == "trialing"
            invoices.line(
                book,
                invoice,
                0 if trial else price["unit_amount"] * quantity,
                description=f"{'Trial period for' if trial else f'{quantity} ×'} {waiting.name_of(book, price)}",
                start=start,
                end=end,
                quantity=quantity,
                price=price,
                rates=one["tax_rates"],
                subscription=subscription["id"],
                metadata=dict(subscription["metadata"]),
                parent=parent_of_line(subscription, one["id"]),
            )
    for one in book.find("invoiceitem", customer=customer["id"], invoice=None):
        if one["_subscription"] in (None, subscription["id"]) and one["currency"] == invoice["currency"]:
            waiting.take(book, invoice, one)
    invoices.sum_up(book, invoice)
    with change(book, subscription, "customer.subscription.updated"):
        subscription["latest_invoice"] = invoice["id"]
    emit(book, "invoice.created", invoice)
    return invoice


def plan_cancel(subscription: Thing) -> None:
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = period(subscription)[1]


def settled_status(subscription: Thing, now: int) -> str:
    return "trialing" if (subscription["trial_end"] or 0) > now else "active"


def parent_of_line(subscription: Thing, item: str) -> Thing:
    details = {"invoice_item": None, "proration": False, "proration_details": {"credited_items": None}}
    return {
        "type": "subscription_item_details",
        "invoice_item_details": None,
        "subscription_item_details": {**details, "subscription": subscription["id"], "subscription_item": item},
    }


def prorate(book: Book, subscription: Thing, old: Thing | None, new: Thing | None) -> None:
    """What is left of the old item's period is credited, the new one's charged; both wait for the next invoice."""
    start, finish = period(subscription)
    now = book.now()
    share = max(0.0, (finish - now) / (finish - start))
    for item, sign, word in ((old, -1, "Unused time on"), (new, 1, "Remaining time on")):
        if item is None:
            continue
        price, quantity = item["price"], item["quantity"]
        value = sign * invoices.whole(price["unit_amount"] * quantity * share, price["currency"])
        waiting.add_item(
            book,
            subscription["customer"],
            value,
            price["currency"],
            f"{word} {quantity} × {waiting.name_of(book, price)}",
            start=now,
            end=finish,
            quantity=quantity,
            price=price,
            rates=item["tax_rates"],
            subscription=subscription["id"],
            proration=True,
        )


def after_payment(book: Book, subscription: Thing, invoice: Thing) -> None:
    """States: incomplete, past_due, unpaid -> active once its latest invoice, or every open one, is paid."""
    if subscription["status"] not in ("incomplete", "past_due", "unpaid"):
        return
    still_open = book.find("invoice", status="open", parent__subscription_details__subscription=subscription["id"])
    if invoice["id"] == subscription["latest_invoice"] or not still_open:
        with change(book, subscription, "customer.subscription.updated"):
            subscription["status"] = settled_status(subscription, book.now())


def after_failure(book: Book, subscription: Thing, *, last: bool) -> None:
    """States: active -> past_due; with the last failure -> what the account has set: unpaid, canceled or past_due."""
    if subscription["status"] in ("active", "trialing"):
        with change(book, subscription, "customer.subscription.updated"):
            subscription["status"] = "past_due"
    if last and subscription["status"] == "past_due":
        then = book.setting("after_retries", "unpaid")
        if then == "canceled":
            end(book, subscription, "payment_failed")
        elif then == "unpaid":
            with change(book, subscription, "customer.subscription.updated"):
                subscription["status"] = "unpaid"


def end(book: Book, subscription: Thing, reason: str, *, status: str = "canceled") -> Thing:
    """States: any -> canceled, for ever. What is open is not collected any more."""
    before, now = dict(subscription), book.now()
    subscription |= {"status": status, "ended_at": now}
    subscription["canceled_at"] = subscription["canceled_at"] or now
    subscription["cancellation_details"] = {**subscription["cancellation_details"], "reason": reason}
    book.put(subscription)
    for invoice in book.find("invoice", parent__subscription_details__subscription=subscription["id"]):
        if invoice["status"] in ("draft", "open") and invoice["auto_advance"]:
            with change(book, invoice, "invoice.updated"):
                invoice["auto_advance"], invoice["next_payment_attempt"] = False, None
    for one in book.find("invoiceitem", _subscription=subscription["id"], invoice=None):
        book.entomb(one)
    emit(
        book,
        "customer.subscription.deleted" if status == "canceled" else "customer.subscription.updated",
        subscription,
        before,
    )
    return subscription


def due(subscription: Thing) -> int | None:
    status = subscription["status"]
    if status in OVER:
        return None
    if status == "incomplete":
        return int(subscription["created"] + 23 * HOUR)
    moments = [period(subscription)[1]]
    if subscription["cancel_at"]:
        moments.append(subscription["cancel_at"])
    if status == "trialing" and not subscription["_told_trial_end"]:
        moments.append(subscription["trial_end"] - 3 * DAY)
    return int(min(moments))


def happens(book: Book, subscription: Thing) -> None:
    now = book.now()
    if subscription["status"] == "incomplete":
        latest = book.seek(subscription["latest_invoice"] or "")
        if latest is not None and latest["status"] == "open":
            invoices.void(book, latest)
        end(book, subscription, "payment_failed", status="incomplete_expired")
    elif subscription["cancel_at"] and subscription["cancel_at"] <= now:
        end(book, subscription, "cancellation_requested")
    elif now < period(subscription)[1]:
        subscription["_told_trial_end"] = True
        emit(book, "customer.subscription.trial_will_end", book.put(subscription))
    else:
        renew(book, subscription)


def renew(book: Book, subscription: Thing) -> None:
    """The next period begins, with its invoice, which waits an hour as a draft."""
    finish = period(subscription)[1]
    ended_trial = subscription["status"] == "trialing"
    if ended_trial and no_card(book, subscription):
        then = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
        if then == "cancel":
            end(book, subscription, "payment_failed")
            return
    with change(book, subscription, "customer.subscription.updated"):
        following = after_period(finish, items(subscription)[0]["price"]["recurring"], subscription["_anchor"])
        set_period(subscription, finish, following)
        plan_cancel(subscription)
        if ended_trial:
            subscription["status"] = "active"
    bill(book, subscription, "subscription_cycle")


def no_card(book: Book, subscription: Thing) -> bool:
    customer = book.get("customer", subscription["customer"])
    own = subscription["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
    return not own and subscription["collection_method"] == "charge_automatically"


DUE["subscription"], HAPPENS["subscription"] = due, happens
