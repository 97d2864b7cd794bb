"""Where a region's admin goes to pay by card: Checkout, and the portal of customers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.billing.errors import AlreadyAsked, NotBilled
from shared_apps.billing.locks import lock_subscription
from shared_apps.billing.models import Interval, PlanVersion, Subscription
from shared_apps.billing.outgoing import ask_later
from shared_apps.billing.services.settling import settle
from shared_apps.billing.services.subscribing import choose_plan, note, wants_on
from shared_apps.billing.services.ways import close_checkouts, must_have_no_other_way, open_checkouts
from shared_apps.billing.states import day_of
from shared_apps.billing.stripe.calls import ask_now
from shared_apps.billing.stripe.catalogue import ppn_rate, price_of
from shared_apps.billing.stripe.client import client
from tenants.audit.services import record
from tenants.hosts import region_url
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

HERE = "/wilayah/langganan/"
# Stripe takes no trial that ends sooner.
SHORTEST_TRIAL = timedelta(days=2, hours=1)
# Stripe's least is half an hour by its own clock.
OPEN_FOR = timedelta(minutes=31)


def customer_of(subscription: Subscription) -> str:
    """How Stripe names this region. From the first call on it is stored, and nothing else tells whose an event is."""
    if subscription.stripe_customer:
        return subscription.stripe_customer
    about: dict[str, Any] = {
        "name": subscription.institution or subscription.region.name,
        "metadata": {"region": str(subscription.region.public_id)},
        "preferred_locales": ["id"],
    }
    if subscription.email:
        about["email"] = subscription.email
    ident = ask_now("customer", about, key=f"customer:{subscription.public_id}", subscription=subscription)["id"]
    Subscription.objects.filter(pk=subscription.pk, stripe_customer=None).update(stripe_customer=ident)
    subscription.refresh_from_db(fields=["stripe_customer"])
    return str(subscription.stripe_customer)


def open_checkout(
    *, subscription: Subscription, plan: PlanVersion, interval: str, key: str, by: str, path: str = HERE
) -> str:
    """The address at Stripe where this plan is paid. The same key again gives the same address.

    What is left of the free trial stays free: the card is charged at its end.
    It can be paid for half an hour; what was opened before no more. A subscription that was to end goes on.
    Raises:  NotBilled for a plan without a price, or while a sponsor pays; AlreadyAsked while a card is charged already, or an
             invoice or a quotation is open; StripeAway; CardsClosed.
    """
    client()
    if plan.price(interval) == 0:
        raise NotBilled(_("This plan costs nothing."))
    with transaction.atomic():
        _must_be_payable(lock_subscription(subscription))
    now = clock.now()
    details: dict[str, Any] = {"metadata": {"region": str(subscription.region.public_id)}}
    free_until = max(subscription.trial_until, subscription.invoice_until or now)
    if free_until > now + SHORTEST_TRIAL:
        details["trial_end"] = int(free_until.timestamp())
    answer = ask_now(
        "checkout",
        {
            "mode": "subscription",
            "customer": customer_of(subscription),
            "client_reference_id": str(subscription.public_id),
            "line_items": [{"price": price_of(plan, interval), "quantity": 1, "tax_rates": [ppn_rate(day_of(now))]}],
            "subscription_data": details,
            "success_url": region_url(subscription.region, f"{path}kembali/?session={{CHECKOUT_SESSION_ID}}"),
            "cancel_url": region_url(subscription.region, path),
            "locale": "id",
            "expires_at": int((now + OPEN_FOR).timestamp()),
        },
        key=f"checkout:{subscription.public_id}:{key}",
        subscription=subscription,
    )
    try:
        _close_others(subscription, but=str(answer["id"]))
        with transaction.atomic():
            # Another way may have been taken while Stripe was asked.
            row = lock_subscription(subscription)
            _must_be_payable(row)
            _opened(row, plan, interval, by=by)
    except DomainError:
        with transaction.atomic():
            close_checkouts(lock_subscription(subscription))
        raise
    return str(answer["url"])


def _must_be_payable(row: Subscription) -> None:
    if row.by_card:
        raise AlreadyAsked(_("A card is charged for this region already. Change the plan, or the card, instead."))
    must_have_no_other_way(row)


def _close_others(subscription: Subscription, *, but: str) -> None:
    """What was opened before can be paid no more; what was just paid there keeps a second from being opened."""
    for session in open_checkouts(subscription):
        if session == but:
            continue
        found = ask_now(
            "checkout.expire", {"session": session}, key=f"checkout.expire:{session}", subscription=subscription
        )
        if found.get("status") == "complete" and found.get("subscription") != subscription.stripe_subscription:
            raise AlreadyAsked(_("A payment by card was just made. Wait a minute, and look at this page again."))


def _opened(row: Subscription, plan: PlanVersion, interval: str, *, by: str) -> None:
    wants_on(row, by=by)
    note(row, "checkout", by=by, reason=f"{plan.code} v{plan.version}, {Interval(interval)}")
    settle(row, by=by)
    record(
        "billing.checkout_opened",
        by=by,
        region=row.region.public_id,
        target=f"subscription:{row.public_id}",
        details={"plan": plan.code, "interval": str(Interval(interval))},
    )


def open_portal(*, subscription: Subscription, key: str, path: str = HERE) -> str:
    """The address at Stripe where the card is changed, and invoices are seen.

    Raises:  NotBilled before the first payment by card; StripeAway; CardsClosed.
    """
    client()
    if not subscription.stripe_customer:
        raise NotBilled(_("Nothing was paid by card yet."))
    return str(
        ask_now(
            "portal",
            {
                "customer": subscription.stripe_customer,
                "return_url": region_url(subscription.region, f"{path}kembali/"),
            },
            key=f"portal:{subscription.public_id}:{key}",
            subscription=subscription,
        )["url"]
    )


def change_plan(*, subscription: Subscription, plan: PlanVersion, interval: str, by: str) -> Subscription:
    """Another plan from the next payment on; what is paid for stays as it is. The card is charged the new price then.

    Raises:  StripeAway; CardsClosed for who pays by card.
    """
    price = price_of(plan, interval) if subscription.by_card else ""
    with transaction.atomic():
        row = lock_subscription(subscription)
        if row.by_card and (row.plan_id, row.interval) != (plan.pk, interval):
            ask_later("subscription.change", row, {"subscription": row.stripe_subscription, "price": price})
        return choose_plan(subscription=row, plan=plan, interval=interval, by=by)
