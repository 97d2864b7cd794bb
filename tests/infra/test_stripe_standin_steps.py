"""Whatever is done to a subscription, in whatever order: its invoices add up and agree with its state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import stripe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.infra.stripe_selling import MONTHLY, Shop
from tests.standins.stripe import StripeStandIn
from tests.trials import rounds


class Steps:
    """One subscription and what may happen to it. A refusal by Stripe is an ordinary outcome."""

    def __init__(self, shop: Shop, trial: int) -> None:
        self.shop, self.api = shop, shop.api
        shop.keep_card()
        self.prices = [shop.price, shop.sell(3 * MONTHLY), shop.sell(9 * MONTHLY, "year")]
        more: dict[str, Any] = {"trial_period_days": trial} if trial else {}
        self.ident = shop.subscribe(default_tax_rates=[shop.ppn.id], **more).id

    def item(self) -> str:
        found: str = self.api.subscriptions.retrieve(self.ident)["items"].data[0].id
        return found

    def update(self, **params: Any) -> None:
        values: Any = params
        self.api.subscriptions.update(self.ident, values)

    def do(self, name: str, number: int) -> None:
        acts: dict[str, Callable[[], object]] = {
            "days": lambda: self.shop.account.advance(days=number * 3),
            "quantity": lambda: self.update(items=[{"id": self.item(), "quantity": number + 1}]),
            "bill quantity": lambda: self.update(
                items=[{"id": self.item(), "quantity": number + 1}], proration_behavior="always_invoice"
            ),
            "price": lambda: self.update(items=[{"id": self.item(), "price": self.prices[number % 3].id}]),
            "cancel later": lambda: self.update(cancel_at_period_end=True),
            "resume": lambda: self.update(cancel_at_period_end=False),
            "end trial": lambda: self.update(trial_end="now"),
            "good card": lambda: self.shop.keep_card(),
            "bad card": lambda: self.shop.keep_card("pm_card_chargeCustomerFail"),
            "pay": lambda: [self.api.invoices.pay(one.id) for one in self.shop.invoices(status="open")],
            "outside": lambda: [
                self.api.invoices.pay(one.id, {"paid_out_of_band": True}) for one in self.shop.invoices(status="open")
            ],
            "void": lambda: [self.api.invoices.void_invoice(one.id) for one in self.shop.invoices(status="open")[:1]],
            "refund": self.refund,
            "cancel": lambda: self.api.subscriptions.cancel(self.ident) if number > 7 else None,
        }
        try:
            acts[name]()
        except (stripe.CardError, stripe.InvalidRequestError):
            return

    def refund(self) -> None:
        for charge in self.api.charges.list({"customer": self.shop.customer.id}).data[:1]:
            self.api.refunds.create({"charge": charge.id, "amount": 10_000_00})

    def check(self) -> None:
        subscription = self.api.subscriptions.retrieve(self.ident)
        bills = self.shop.invoices()
        for bill in bills:
            adds_up(bill)
        numbers = [bill.number for bill in bills if bill.number]
        assert len(numbers) == len(set(numbers))
        latest = next(bill for bill in bills if bill.id == subscription.latest_invoice)
        if subscription.status == "active":
            assert latest.status in ("paid", "draft", "void", "open")
        if subscription.status in ("past_due", "unpaid"):
            assert any(bill.status in ("open", "draft", "void") for bill in bills)
        items = subscription["items"].data
        assert all(one.current_period_start < one.current_period_end for one in items)
        if subscription.status in ("active", "trialing", "past_due", "unpaid"):
            assert items[0].current_period_start <= self.shop.account.now() < items[0].current_period_end
        self.money()

    def money(self) -> None:
        """What the invoices say was paid by card is what the charges took; credit is nowhere lost."""
        api, customer = self.api, self.shop.customer.id
        bills = self.shop.invoices()
        taken = [one for one in api.charges.list({"customer": customer, "limit": 100}).data if one.paid]
        by_card = sum(bill.amount_paid - (bill.amount_paid_off_stripe or 0) for bill in bills)
        assert by_card == sum(one.amount for one in taken)
        refunds = api.refunds.list({"limit": 100}).data
        assert sum(one.amount for one in refunds) == sum(one.amount_refunded for one in taken)
        counted = [bill for bill in bills if bill.status not in ("draft", "void")]
        moved = sum((bill.ending_balance or 0) - bill.starting_balance for bill in counted)
        assert api.customers.retrieve(customer).balance == moved


def adds_up(bill: stripe.Invoice) -> None:
    lines = bill.lines.data
    taxes = sum(one.amount for one in bill.total_taxes or [])
    assert bill.subtotal == sum(line.amount for line in lines)
    assert taxes == sum(tax.amount for line in lines for tax in line.taxes or [])
    assert bill.total == bill.subtotal + taxes
    if bill.status != "draft":
        assert bill.amount_due == max(0, bill.total + bill.starting_balance)
        assert bill.ending_balance == min(0, bill.total + bill.starting_balance)
    assert bill.amount_remaining == (0 if bill.status == "paid" else bill.amount_due)
    assert bill.amount_paid == (bill.amount_due if bill.status == "paid" else 0)
    assert all(value % 100 == 0 for value in (bill.total, bill.amount_due, *(line.amount for line in lines)))
    assert bill.status != "paid" or bill.status_transitions.paid_at is not None


NAMES = [
    "days", "days", "days", "quantity", "bill quantity", "price", "cancel later", "resume", "end trial", "good card",
    "bad card", "pay", "outside", "void", "refund", "cancel",
]  # fmt: skip


@settings(
    max_examples=rounds(200),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    trial=st.sampled_from([0, 0, 14]),
    steps=st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 9)), min_size=1, max_size=14),
)
def test_any_sequence_adds_up(stripe_process: StripeStandIn, trial: int, steps: list[tuple[str, int]]) -> None:
    stripe_process.reset()
    stripe_process.switch(hold=True)
    mine = Steps(Shop(stripe_process), trial)
    mine.check()
    for name, number in steps:
        mine.do(name, number)
        mine.check()
