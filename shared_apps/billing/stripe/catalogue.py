"""Our plans and PPN as Stripe knows them; made there when first needed."""

from __future__ import annotations

from datetime import date

from shared_apps.billing.models import Interval, PlanVersion, StripePrice
from shared_apps.billing.seller import ppn_percent
from shared_apps.billing.stripe.calls import ask_now
from shared_apps.billing.stripe.client import live
from shared_apps.billing.stripe.money import CURRENCY, to_stripe


def price_of(plan: PlanVersion, interval: str) -> str:
    """The name of the plan's price at Stripe.

    Raises:  StripeAway; CardsClosed.
    """
    known = StripePrice.objects.filter(plan=plan, interval=interval, livemode=live()).first()
    if known is not None:
        return known.price
    about = {"plan": plan.code, "version": str(plan.version)}
    begin = f"{plan.code}:{plan.version}"
    product = ask_now("product", {"name": f"WARSA {plan.name}", "metadata": about}, key=f"product:{begin}")["id"]
    price = ask_now(
        "price",
        {
            "product": product,
            "currency": CURRENCY,
            "unit_amount": to_stripe(plan.price(interval)),
            "recurring": {"interval": str(Interval(interval))},
            "tax_behavior": "exclusive",
            "metadata": {**about, "interval": str(Interval(interval))},
        },
        key=f"price:{begin}:{interval}",
    )["id"]
    StripePrice.objects.bulk_create(
        [StripePrice(plan=plan, interval=interval, livemode=live(), price=price)], ignore_conflicts=True
    )
    return StripePrice.objects.get(plan=plan, interval=interval, livemode=live()).price


def ppn_rate(on: date) -> str:
    """The name at Stripe of the PPN that holds on this day."""
    percent = ppn_percent(on)
    return str(
        ask_now(
            "tax_rate",
            {"display_name": "PPN", "percentage": float(percent), "inclusive": False, "country": "ID"},
            key=f"tax_rate:{percent}",
        )["id"]
    )


def plan_of(price: str) -> tuple[PlanVersion, str] | None:
    """The plan and interval of a price at Stripe; None for one that is none of ours."""
    known = StripePrice.objects.select_related("plan").filter(price=price).first()
    return (known.plan, known.interval) if known else None
