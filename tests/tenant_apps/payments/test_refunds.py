"""Whatever is asked, in whatever order: no more goes back than came, and the books say the same as the payment."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenant_apps.payments.errors import OtherPayment, TooMuchBack
from tenant_apps.payments.models import Method, Payment, PaymentState
from tenant_apps.payments.services import confirm_received, expire_payment, refund, release_payment, settle
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tests.cast import BY, Cast
from tests.tenant_apps.payments.purse import balances, give_code, now_of, owe, top_up
from tests.trials import rounds

rupiah = st.integers(min_value=1, max_value=60_000)
STEPS = st.one_of(
    st.tuples(st.just("came"), rupiah),
    st.tuples(st.just("settle"), rupiah),
    st.tuples(st.just("refund"), rupiah),
    st.tuples(st.just("release"), rupiah),
    st.tuples(st.just("expire"), rupiah),
)


def take(payment: Payment, name: str, amount: int, at: int) -> None:
    acts: dict[str, Callable[[], object]] = {
        "came": lambda: confirm_received(payment=payment, by=BY, amount=amount),
        "settle": lambda: settle(payment=payment, goods=amount, delivery=0, by=BY),
        "refund": lambda: refund(payment=payment, amount=amount, by=BY, reason="r", key=str(at % 3)),
        "release": lambda: release_payment(payment=payment, by=BY, reason="r"),
        "expire": lambda: expire_payment(payment=payment, by=BY),
    }
    if name == "came" and payment.method != Method.QRIS:
        return
    acts[name]()


@settings(max_examples=rounds(400), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(way=st.sampled_from(list(Method)), steps=st.lists(STEPS, max_size=7))
def test_refunds_never_exceed_payments(market: Cast, way: Method, steps: list[tuple[str, int]]) -> None:
    before = transaction.savepoint()
    give_code(market.warung)
    top_up(market.ratna, 100_000)
    payment = owe(market, way, 30_000)
    Payment.objects.filter(pk=payment.pk).update(expires_at=clock.now())
    for at, (name, amount) in enumerate(steps):
        try:
            with transaction.atomic():
                take(payment, name, amount, at)
        except (TooMuchBack, OtherPayment, StaleDocument):
            pass
        now = now_of(payment)
        assert 0 <= now.refunded <= now.paid and now.state in PaymentState.values
        assert sum(one.amount for one in now.refunds.all()) == now.refunded
        assert sum(one.amount for one in now.money_in.all()) == now.paid
        found = balances(market)
        got = found.get("ratna:balance", 0)
        # Everything that was paid is with the warung, still held, or went back.
        balance_paid = 30_000 if way == Method.BALANCE else 0
        assert got == 100_000 - balance_paid + now.refunded
        earned = found.get("sales", 0) + found.get("returns", 0)
        held = found.get("held", 0) + found.get("region:held", 0)
        assert now.paid - now.refunded == earned + held
        if now.is_settled:
            assert held == 0 and found["sales"] == now.settled
    transaction.savepoint_rollback(before)
