"""What regions pay: plans, subscriptions, papers, and what Stripe said. All money in whole rupiah, without sen."""

from shared_apps.billing.models.outside import CallState, Difference, StripeCall, StripeEvent, StripePrice
from shared_apps.billing.models.papers import (
    CreditNote,
    Invoice,
    InvoiceLine,
    InvoiceState,
    Payment,
    PaymentState,
    Quotation,
    QuotationEvent,
    QuotationState,
    Refund,
    RefundState,
    Series,
    Source,
    Way,
)
from shared_apps.billing.models.plans import Interval, PlanVersion
from shared_apps.billing.models.subscriptions import (
    Sponsor,
    Subscription,
    SubscriptionEvent,
    SubscriptionState,
    UsageMonth,
)

__all__ = [
    "CallState",
    "CreditNote",
    "Difference",
    "Interval",
    "Invoice",
    "InvoiceLine",
    "InvoiceState",
    "Payment",
    "PaymentState",
    "PlanVersion",
    "Quotation",
    "QuotationEvent",
    "QuotationState",
    "Refund",
    "RefundState",
    "Series",
    "Source",
    "Sponsor",
    "StripeCall",
    "StripeEvent",
    "StripePrice",
    "Subscription",
    "SubscriptionEvent",
    "SubscriptionState",
    "UsageMonth",
    "Way",
]
