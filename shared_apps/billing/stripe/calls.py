"""Changes that we ask of Stripe. Each is written down with its key before it is asked, so that a repeat is known as one.

`ask_now` for what a page waits for; what a transaction decided (`outgoing.ask_later`) is carried out by the outbox.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import stripe

from shared_apps.billing.errors import StripeAway
from shared_apps.billing.locks import lock_subscription
from shared_apps.billing.models import CallState, Refund, StripeCall, Subscription
from shared_apps.billing.outgoing import KIND
from shared_apps.billing.services.paying import refund_answered
from shared_apps.billing.stripe.client import client, live, told
from shared_apps.billing.stripe.money import to_stripe
from tenants.kernel import clock
from tenants.outbox.models import OutboxMessage
from tenants.outbox.services import deliverer

# What is kept of an answer.
KEPT = ("id", "object", "url", "status", "customer", "amount", "expires_at", "subscription")
# What is different each time that the same is asked.
PASSING = ("expires_at",)
# Of these only the newest wish counts, whichever is carried out last.
WISHES = ("subscription.end", "subscription.change")

Options = dict[str, Any]
# What is asked was written down as JSON, so the SDK's own types of it are of no use here.
Maker = Callable[[Any, dict[str, Any], Any], Any]


def _expire(api: Any, params: dict[str, Any], options: Any) -> Any:
    found = api.v1.checkout.sessions.retrieve(params["session"])
    # One that was paid, or has ended by itself, stays what it is.
    return api.v1.checkout.sessions.expire(params["session"], options=options) if found.status == "open" else found


def _end(api: Any, params: dict[str, Any], options: Any) -> Any:
    return api.v1.subscriptions.update(
        params["subscription"], params={"cancel_at_period_end": params["ends"]}, options=options
    )


def _change(api: Any, params: dict[str, Any], options: Any) -> Any:
    found = api.v1.subscriptions.retrieve(params["subscription"])
    item = found["items"]["data"][0]["id"]
    return api.v1.subscriptions.update(
        params["subscription"],
        params={"items": [{"id": item, "price": params["price"]}], "proration_behavior": "none"},
        options=options,
    )


def _refund(api: Any, params: dict[str, Any], options: Any) -> Any:
    return api.v1.refunds.create(
        params={
            "payment_intent": params["payment_intent"],
            "amount": to_stripe(params["rupiah"]),
            "metadata": {"warsa_refund": str(params["refund"])},
        },
        options=options,
    )


MAKERS: dict[str, Maker] = {
    "customer": lambda api, params, options: api.v1.customers.create(params=params, options=options),
    "product": lambda api, params, options: api.v1.products.create(params=params, options=options),
    "price": lambda api, params, options: api.v1.prices.create(params=params, options=options),
    "tax_rate": lambda api, params, options: api.v1.tax_rates.create(params=params, options=options),
    "checkout": lambda api, params, options: api.v1.checkout.sessions.create(params=params, options=options),
    "portal": lambda api, params, options: api.v1.billing_portal.sessions.create(params=params, options=options),
    "checkout.expire": _expire,
    "subscription.end": _end,
    "subscription.change": _change,
    "refund": _refund,
}


def ask_now(kind: str, params: dict[str, Any], *, key: str, subscription: Subscription | None = None) -> dict[str, Any]:
    """Stripe's answer, what we keep of it. The same key and parameters again give the same answer and ask nothing twice.

    Other parameters, as after a refusal, or another mode of Stripe's, are another question.
    Called outside a transaction, so that the key is written whatever becomes of the call.
    Raises:  StripeAway; CardsClosed.
    """
    api = client()
    call, _made = StripeCall.objects.get_or_create(
        key=f"{key}:{_digest(params)}",
        defaults={"kind": kind, "params": params, "subscription": subscription, "asked_at": clock.now()},
    )
    if call.state == CallState.DONE:
        return dict(call.answer or {})
    return _ask(api, call)


def _digest(params: dict[str, Any]) -> str:
    asked = {name: value for name, value in params.items() if name not in PASSING}
    text = json.dumps([live(), asked], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@deliverer(KIND)
def deliver_call(message: OutboxMessage) -> None:
    """Asks what was decided. A refusal of Stripe's is an answer: it is written down, and reconciliation shows what follows."""
    call = StripeCall.objects.get(pk=message.payload["call"])
    if call.state != CallState.ASKED:
        return
    params, key = call.params, call.key
    if call.kind in WISHES and call.subscription is not None:
        # Held while Stripe is asked, so that the newest wish is also the last that is told.
        lock_subscription(call.subscription)
        newest = _newest_wish(call)
        params, key = newest.params, f"{call.key}:{newest.pk}"
    try:
        _ask(client(), call, params, key)
    except StripeAway as failure:
        if not isinstance(failure.__cause__, stripe.InvalidRequestError):
            raise
        _refused(call, str(failure.context.get("why", "")))


def _newest_wish(call: StripeCall) -> StripeCall:
    about = {"kind": call.kind, "params__subscription": call.params["subscription"]}
    return StripeCall.objects.filter(subscription=call.subscription, **about).latest("pk")


def _ask(
    api: stripe.StripeClient, call: StripeCall, params: dict[str, Any] | None = None, key: str = ""
) -> dict[str, Any]:
    call.attempts += 1
    try:
        with told():
            answer = MAKERS[call.kind](api, params or call.params, {"idempotency_key": key or call.key}).to_dict()
    except StripeAway as failure:
        call.error = str(failure.context.get("why", ""))
        call.save(update_fields=["attempts", "error"])
        raise
    kept = {name: answer[name] for name in KEPT if name in answer and isinstance(answer[name], str | int | None)}
    call.state, call.answer, call.error, call.answered_at = CallState.DONE, kept, "", clock.now()
    call.save(update_fields=["state", "answer", "error", "attempts", "answered_at"])
    if call.kind == "refund":
        refund_answered(refund=Refund.objects.get(pk=call.params["refund"]), stripe_id=kept["id"])
    return kept


def _refused(call: StripeCall, why: str) -> None:
    call.state, call.error, call.answered_at = CallState.REFUSED, why, clock.now()
    call.save(update_fields=["state", "error", "attempts", "answered_at"])
    if call.kind == "refund":
        refund_answered(refund=Refund.objects.get(pk=call.params["refund"]), stripe_id=None)
