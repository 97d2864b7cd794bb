"""What other apps ask of payments; docs/box-belanja.md, "Payments, as others use them"."""

from tenant_apps.payments.selectors import payment_of, takes, ways_to_pay
from tenant_apps.payments.services.carrying import deposit_cash, reconcile_until
from tenant_apps.payments.services.giving_back import refund
from tenant_apps.payments.services.opening import open_payment
from tenant_apps.payments.services.receiving import (
    claim_paid,
    confirm_received,
    deny_received,
    expire_due,
    expire_payment,
)
from tenant_apps.payments.services.settling import Settlement, release_payment, settle

__all__ = [
    "Settlement",
    "claim_paid",
    "confirm_received",
    "deny_received",
    "deposit_cash",
    "expire_due",
    "expire_payment",
    "open_payment",
    "payment_of",
    "reconcile_until",
    "refund",
    "release_payment",
    "settle",
    "takes",
    "ways_to_pay",
]
