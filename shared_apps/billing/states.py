"""The state of a subscription as a function of facts and the time, so that it never matters in which order facts arrive."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared_apps.billing.models import Interval, Subscription, SubscriptionState

S = SubscriptionState
# Days of papers are those of the platform's own place.
ZONE = ZoneInfo("Asia/Jakarta")

MOVES = {S.TRIALING: "try", S.ACTIVE: "activate", S.PAST_DUE: "fall_due", S.READ_ONLY: "lock", S.CANCELLED: "cancel"}


def state_of(subscription: Subscription, now: datetime) -> SubscriptionState:
    """What it is at this moment.

    Paid for (or not yet due): active. Else within the trial: trialing. Else within the plan's days of grace: past due. Else
    read only. One that was asked to end is cancelled once it has ended and nothing is paid for.
    """
    paid = subscription.paid_until
    if paid is not None and paid > now:
        return S.ACTIVE
    if subscription.ends_at is not None and subscription.ends_at <= now:
        return S.CANCELLED
    if subscription.trial_until > now:
        return S.TRIALING
    return S.PAST_DUE if grace_until(subscription) > now else S.READ_ONLY


def grace_until(subscription: Subscription) -> datetime:
    """From then on an unpaid region can only be read."""
    return subscription.covered_until + timedelta(days=subscription.plan.grace_days)


def changes_at(subscription: Subscription, now: datetime) -> datetime | None:
    """When the state will next be another if nothing is paid; None when time changes it no more."""
    moments = [subscription.covered_until, grace_until(subscription), subscription.ends_at, subscription.trial_until]
    return min((at for at in moments if at is not None and at > now), default=None)


def day_of(moment: datetime) -> date:
    """The day of a paper that is written at this moment."""
    return moment.astimezone(ZONE).date()


def start_of(day: date) -> datetime:
    """The first moment of a day of papers."""
    return datetime.combine(day, time(0), tzinfo=ZONE)


def after(day: date, interval: str) -> date:
    """The day one month or one year later; the last of the month where it has no such day."""
    months = day.year * 12 + day.month - 1 + (12 if interval == Interval.YEAR else 1)
    year, month = divmod(months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
