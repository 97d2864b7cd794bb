"""What the tests of the stand-in sell, and to whom. Amounts are in hundredths of a rupiah."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import stripe

from tests.standins.stripe import StripeStandIn

MONTHLY = 250_000_00
PPN = 11
CARD = {"expiry": "12/34", "cvc": "123", "name": "Bu Yuli"}


@dataclass
class Shop:
    """An account with a plan at Rp 250.000 a month, PPN of 11 %, and the region Kalidoni as a customer."""

    account: StripeStandIn

    def __post_init__(self) -> None:
        api = self.account.client.v1
        self.api = api
        self.product = api.products.create({"name": "Paket Kecamatan"})
        self.price = self.sell(MONTHLY)
        self.ppn = api.tax_rates.create({"display_name": "PPN", "inclusive": False, "percentage": PPN, "country": "ID"})
        self.customer = api.customers.create(
            {"name": "Kalidoni", "email": "kalidoni@palembang.go.id", "metadata": {"region": "kalidoni"}}
        )

    def sell(self, amount: int, interval: Any = "month") -> stripe.Price:
        return self.api.prices.create(
            {"product": self.product.id, "currency": "idr", "unit_amount": amount, "recurring": {"interval": interval}}
        )

    def keep_card(self, name: str = "pm_card_visa") -> str:
        card = self.api.payment_methods.attach(name, {"customer": self.customer.id})
        self.api.customers.update(self.customer.id, {"invoice_settings": {"default_payment_method": card.id}})
        return card.id

    def subscribe(self, **more: Any) -> stripe.Subscription:
        terms: Any = {"customer": self.customer.id, "items": [{"price": self.price.id}], **more}
        return self.api.subscriptions.create(terms)

    def checkout(self, **more: Any) -> Any:
        terms: Any = {
            "mode": "subscription",
            "customer": self.customer.id,
            "line_items": [{"price": self.price.id, "quantity": 1, "tax_rates": [self.ppn.id]}],
            "success_url": "http://localhost/tagihan/?sesi={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://localhost/tagihan/",
            **more,
        }
        return self.api.checkout.sessions.create(terms)

    def invoices(self, **filters: Any) -> list[stripe.Invoice]:
        wanted: Any = {"customer": self.customer.id, "limit": 100, **filters}
        return list(self.api.invoices.list(wanted).data)

    def told(self) -> list[str]:
        """Kinds of the events since the last time, in order."""
        return [one.kind for one in self.account.take()]
