"""Regions get their subscription, and change what they have agreed to."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.billing.errors import BadBuyer, TooLong
from shared_apps.billing.locks import lock_subscription
from shared_apps.billing.models import PlanVersion, Subscription, SubscriptionEvent
from shared_apps.billing.outgoing import ask_later
from shared_apps.billing.plans import load_plans, plan_for
from shared_apps.billing.seller import is_npwp
from shared_apps.billing.services.settling import settle
from shared_apps.operations.noting import note_billing
from tenants.audit.services import record
from tenants.kernel import clock
from tenants.models import Region, RegionStatus

BY_TIME = "system:billing"
MOST_TRIAL = timedelta(days=3 * 366)


def subscription_of(region: Region) -> Subscription:
    """The region's subscription; one that has none yet begins its trial. Called on the platform.

    Raises:  NoPlans.
    """
    found = Subscription.objects.select_related("region", "plan", "sponsor").filter(region=region).first()
    if found is not None:
        return found
    load_plans()
    plan, now = plan_for(region.coverage.count()), clock.now()
    begins = max(region.ready_at or now, region.created_at)
    Subscription.objects.bulk_create(
        [
            Subscription(
                region=region,
                plan=plan,
                # A region that was here before there were plans begins now.
                trial_until=max(begins, now - timedelta(days=1)) + timedelta(days=plan.trial_days),
                created_at=now,
                moved_at=now,
                **_first_contact(region),
            )
        ],
        ignore_conflicts=True,
    )
    made = Subscription.objects.select_related("region", "plan", "sponsor").get(region=region)
    note_billing(region=region, plan=made.plan.name, state=made.state)
    return made


def subscribe_all(limit: int = 500) -> int:
    """Every region that opened and has no subscription gets its trial. Returns how many."""
    load_plans()
    waiting = Region.objects.filter(status=RegionStatus.READY, subscription=None).order_by("pk")
    rows = list(waiting[:limit])
    for region in rows:
        subscription_of(region)
    return len(rows)


def _first_contact(region: Region) -> dict[str, str]:
    registration = getattr(region, "registration", None)
    if registration is None:
        return {}
    return {"email": registration.email, "institution": registration.institution}


def name_buyer(row: Subscription, *, institution: str, npwp: str, address: str, email: str) -> None:
    """Who is to stand on papers from now on; issued ones keep what they say.

    Called inside the transaction that needs it, with the row locked; the caller writes `buyer_named` down at its end.
    Raises:  BadBuyer.
    """
    institution, address = " ".join(institution.split()), " ".join(address.split())
    if not institution or not address:
        raise BadBuyer(_("Write the institution and its address as they are to stand on the invoice."))
    if not is_npwp(npwp):
        raise BadBuyer(_("An NPWP has 15 or 16 digits. Look at the tax card again."))
    row.institution, row.npwp, row.address, row.email = institution, npwp.strip(), address, email
    row.save(update_fields=["institution", "npwp", "address", "email"])


def choose_plan(*, subscription: Subscription, plan: PlanVersion, interval: str, by: str) -> Subscription:
    """From the next payment on it is this plan. What is paid for stays as it is."""
    with transaction.atomic():
        row = lock_subscription(subscription)
        if (row.plan_id, row.interval) != (plan.pk, interval):
            row.plan, row.interval = plan, interval
            row.save(update_fields=["plan", "interval"])
            note(row, "choose_plan", by=by, reason=f"{plan.code} v{plan.version}, {interval}")
            settle(row, by=by)
            record(
                "billing.plan_chosen",
                by=by,
                region=row.region.public_id,
                target=f"subscription:{row.public_id}",
                details={"plan": plan.code, "version": plan.version, "interval": interval},
            )
    return row


def end(*, subscription: Subscription, by: str, reason: str, at: datetime | None = None) -> Subscription:
    """It ends at `at` (now unless told), but not before what is paid for ends. Asking again changes nothing."""
    with transaction.atomic():
        row = lock_subscription(subscription)
        if row.ends_at is None:
            row.ends_at = at or clock.now()
            row.save(update_fields=["ends_at"])
            note(row, "asked_to_end", by=by, reason=reason)
            if row.by_card:
                ask_later("subscription.end", row, {"subscription": row.stripe_subscription, "ends": True})
            settle(row, by=by)
            record(
                "billing.ended",
                by=by,
                region=row.region.public_id,
                target=f"subscription:{row.public_id}",
                reason=reason,
            )
    return row


def go_on(*, subscription: Subscription, by: str) -> Subscription:
    """It ends no more."""
    with transaction.atomic():
        row = lock_subscription(subscription)
        if row.ends_at is not None:
            row.ends_at = None
            row.save(update_fields=["ends_at"])
            note(row, "goes_on", by=by)
            if row.by_card:
                ask_later("subscription.end", row, {"subscription": row.stripe_subscription, "ends": False})
            settle(row, by=by)
            record("billing.goes_on", by=by, region=row.region.public_id, target=f"subscription:{row.public_id}")
    return row


def wants_on(row: Subscription, *, by: str) -> None:
    """Who pays anew does not end: for a subscription that the caller holds, and settles."""
    if row.ends_at is not None:
        row.ends_at = None
        row.save(update_fields=["ends_at"])
        note(row, "goes_on", by=by)


def extend_trial(*, subscription: Subscription, until: datetime, by: str, reason: str) -> Subscription:
    """An operator gives more time; never less than was promised.

    Raises:  TooLong beyond MOST_TRIAL from now.
    """
    if until > clock.now() + MOST_TRIAL:
        raise TooLong(_("More than three years cannot be given at once. Choose an earlier day."))
    with transaction.atomic():
        row = lock_subscription(subscription)
        row.trial_until = max(row.trial_until, until)
        row.save(update_fields=["trial_until"])
        note(row, "extend_trial", by=by, reason=reason)
        settle(row, by=by)
        record(
            "billing.trial_extended",
            by=by,
            region=row.region.public_id,
            target=f"subscription:{row.public_id}",
            reason=reason,
            details={"until": row.trial_until.isoformat()},
        )
    return row


def note(subscription: Subscription, what: str, *, by: str, reason: str = "") -> None:
    """A change of the subscription that is no step stands in its history."""
    SubscriptionEvent.objects.create(
        subscription=subscription,
        move=what,
        before=subscription.state,
        after=subscription.state,
        by=by,
        reason=reason[:240],
    )
