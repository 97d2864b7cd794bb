"""What Stripe tells us: proven, kept as it came, applied once, in any order.

An event is a hint that something of a customer changed, not the change: to apply it, the customer is read anew from Stripe
(`syncing`). So events may come twice, late, or in any order, and only the last reading counts.
"""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

import stripe
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.billing.errors import BadEvent
from shared_apps.billing.models import StripeEvent, Subscription
from shared_apps.billing.stripe.client import live
from shared_apps.billing.stripe.syncing import sync
from tenants.kernel import clock

log = logging.getLogger(__name__)

TOLERANCE_SECONDS = 300
# One try in half a minute: two days, after which the list of differences is the place to look.
MAX_ATTEMPTS = 5_000


def proven(body: bytes, signature: str) -> dict[str, Any]:
    """The event, if Stripe signed it for this endpoint in the last five minutes, in the mode of our key.

    Raises:  BadEvent.
    """
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            stripe.WebhookSignature.verify_header(body.decode(), signature, secret, TOLERANCE_SECONDS)
            break
        except (stripe.SignatureVerificationError, UnicodeDecodeError, ValueError):
            continue
    else:
        raise BadEvent(_("This was not signed for us."))
    try:
        event = json.loads(body)
        ident, kind, thing = event["id"], event["type"], event["data"]["object"]
    except (ValueError, KeyError, TypeError, RecursionError) as broken:
        raise BadEvent(_("This is no event.")) from broken
    if not (isinstance(ident, str) and 0 < len(ident) <= 80 and isinstance(kind, str) and isinstance(thing, dict)):
        raise BadEvent(_("This is no event."))
    if event.get("livemode") is not live():
        raise BadEvent(_("This is of another mode than our key."))
    return dict(event)


def customer_of(event: dict[str, Any]) -> str:
    """Whom it is about; empty for what is nobody's, such as a price."""
    thing = event["data"]["object"]
    value = thing.get("id") if thing.get("object") == "customer" else thing.get("customer")
    if isinstance(value, dict):
        value = value.get("id")
    return value if isinstance(value, str) else ""


def keep_event(*, body: bytes, signature: str) -> StripeEvent | None:
    """A proven event is kept, once however often it comes, and applied by a worker. None for what is nobody's.

    Whose it is tells the stored customer alone.
    Raises:  BadEvent for what is not Stripe's, of a customer that is none of ours, or that names another region: nothing is written.
    """
    event = proven(body, signature)
    customer = customer_of(event)
    if not customer:
        return None
    subscription = Subscription.objects.select_related("region").filter(stripe_customer=customer).first()
    if subscription is None:
        raise BadEvent(_("This is about none of our customers."))
    thing = event["data"]["object"]
    if _regions_named(thing) - {str(subscription.region.public_id)}:
        raise BadEvent(_("This names another region than its customer's."))
    from shared_apps.billing.tasks import apply_events

    with transaction.atomic():
        StripeEvent.objects.bulk_create(
            [
                StripeEvent(
                    event_id=event["id"],
                    kind=event["type"][:80],
                    subscription=subscription,
                    subject=str(thing.get("id") or "")[:80],
                    body=body.decode(),
                    received_at=clock.now(),
                )
            ],
            ignore_conflicts=True,
        )
        kept = StripeEvent.objects.get(event_id=event["id"])
        if kept.applied_at is None:
            apply_events.on_commit(subscription.pk)
    return kept


def _regions_named(thing: dict[str, Any]) -> set[str]:
    """Every region that the metadata of the object, or of what it was made from, names."""
    found = set()
    parents: list[Any] = [thing, thing.get("subscription_details"), (thing.get("parent") or {})]
    if isinstance(parents[2], dict):
        parents.append(parents[2].get("subscription_details"))
    lines = thing.get("lines")
    parents += lines.get("data", []) if isinstance(lines, dict) and isinstance(lines.get("data"), list) else []
    for one in parents:
        metadata = one.get("metadata") if isinstance(one, dict) else None
        if isinstance(metadata, dict) and metadata.get("region"):
            found.add(str(metadata["region"]))
    reference = thing.get("client_reference_id")
    if isinstance(reference, str) and thing.get("object") == "checkout.session":
        owner = Subscription.objects.filter(public_id=_uuid(reference)).select_related("region").first()
        found.add(str(owner.region.public_id) if owner else "nobody")
    return found


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def apply_waiting(subscription: Subscription) -> int:
    """Events of this region that wait are applied, all by one reading of Stripe. Returns how many.

    The reading and the marks are one transaction with the subscription locked: a worker that is killed in it leaves them
    waiting, and a reading that begins later is never overwritten by one that began before.
    """
    waiting = StripeEvent.objects.filter(subscription=subscription, applied_at=None)
    try:
        with transaction.atomic():
            ids = sync(subscription, waiting)
            if not ids:
                return 0
            done: int = StripeEvent.objects.filter(pk__in=ids, applied_at=None).update(applied_at=clock.now(), error="")
            return done
    except Exception as failure:
        log.warning("events of subscription %s are not applied yet (%s)", subscription.pk, type(failure).__name__)
        for one in waiting:
            one.attempts, one.error = one.attempts + 1, f"{type(failure).__name__}: {failure}"[:300]
            one.save(update_fields=["attempts", "error"])
        raise


def sweep_events(quiet: timedelta = timedelta(seconds=10), limit: int = 200) -> int:
    """Beat: what was lost on the way to a worker is applied. Returns how many events."""
    waiting = StripeEvent.objects.filter(
        applied_at=None, received_at__lte=clock.now() - quiet, attempts__lt=MAX_ATTEMPTS
    )
    done = 0
    for pk in list(waiting.order_by("subscription").values_list("subscription", flat=True).distinct()[:limit]):
        try:
            done += apply_waiting(Subscription.objects.get(pk=pk))
        except Exception:
            log.exception("events of subscription %s wait on", pk)
    return done
