"""The rules of the platform itself, over what regions push and what jobs write. Each is one query, whatever the fleet's size."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from shared_apps.billing.models import Difference, Subscription, SubscriptionState
from shared_apps.care.models import DrillNight, HouseCheck, RestoreProof
from shared_apps.onboarding.models import Registration
from shared_apps.onboarding.models import State as RegistrationState
from shared_apps.operations.models import RegionCounter, RegionRollup
from tenants.alerting import DAYS, HOURS, MINUTES, Reading, Severity, alert_rule, if_more, since
from tenants.fleet.models import Drift, FleetRun, ParkedRegion
from tenants.kernel import clock
from tenants.models import Region, RegionStatus
from tenants.outbox.models import OutboxMessage

RUN_SILENT = timedelta(minutes=30)
KEPT = [RegionStatus.READY, RegionStatus.SUSPENDED]


def _number(column: str, most: int) -> list[Reading]:
    """Open regions whose number is larger."""
    rows = RegionRollup.objects.filter(Q((f"{column}__gt", most)), region__status=RegionStatus.READY)
    return [Reading(*row) for row in rows.values_list("region_id", column)]


def _counter(name: str, most: int) -> list[Reading]:
    rows = RegionCounter.objects.filter(name=name, value__gt=most, region__status__in=KEPT)
    return [Reading(*row) for row in rows.values_list("region_id", "value")]


@alert_rule(
    "region_silent",
    label=_("The region tells nothing"),
    advice=_("Look at the workers and the queue first, then at the errors of this region."),
    unit=_("minutes"),
    severity=Severity.CRITICAL,
    threshold=15,
)
def region_silent(most: int) -> Iterable[Reading]:
    # From its opening on, where it never told anything.
    told = Coalesce("rollup__measured_at", "ready_at")
    rows = Region.objects.filter(status=RegionStatus.READY).annotate(told=told)
    late = rows.filter(told__lt=clock.now() - timedelta(minutes=most))
    return [Reading(pk, since(at, MINUTES)) for pk, at in late.values_list("pk", "told")]


@alert_rule(
    "errors",
    label=_("Many pages or tasks of the region break"),
    advice=_("Look for its identifier in the log and in Sentry; a release may have to be taken back."),
    unit=_("errors in 24 hours"),
    threshold=50,
    lasting=timedelta(minutes=5),
)
def errors(most: int) -> Iterable[Reading]:
    return _number("errors_24h", most)


@alert_rule(
    "queue",
    label=_("Messages of the region do not leave"),
    advice=_("Look at the workers, at the mail server and the receivers of its webhooks."),
    unit=_("messages"),
    threshold=100,
    lasting=timedelta(minutes=10),
)
def queue(most: int) -> Iterable[Reading]:
    return _number("queue_depth", most)


@alert_rule(
    "backup_old",
    label=_("The region has no fresh backup"),
    advice=_("See why it was not exported again, and export it by hand."),
    unit=_("hours"),
    threshold=48,
)
def backup_old(most: int) -> Iterable[Reading]:
    # Where regions are not exported one by one the backups of the cluster count, which have a figure of their own.
    rows = Region.objects.filter(status__in=KEPT, rollup__backup_at__lt=clock.now() - timedelta(hours=most))
    return [Reading(pk, since(at, HOURS)) for pk, at in rows.values_list("pk", "rollup__backup_at")]


@alert_rule(
    "drift",
    label=_("The schema of the region is not as its release says"),
    advice=_("Somebody changed it by hand, or a migration was cut off: see the drift page of the fleet."),
    unit=_("differences"),
)
def drift(most: int) -> Iterable[Reading]:
    return [Reading(*row) for row in Drift.objects.filter(number__gt=most).values_list("region_id", "number")]


@alert_rule(
    "parked",
    label=_("The region is parked: its migration failed"),
    advice=_("Read the error on the page of parked regions, mend its cause and try again."),
    unit=_("hours"),
)
def parked(most: int) -> Iterable[Reading]:
    rows = ParkedRegion.objects.filter(since__lt=clock.now() - timedelta(hours=most))
    return [Reading(pk, since(at, HOURS)) for pk, at in rows.values_list("region_id", "since")]


@alert_rule(
    "unpaid",
    label=_("The subscription of the region is overdue"),
    advice=_("Speak with its admin: the page of its subscription says what is open."),
    unit=_("days"),
    severity=Severity.NOTE,
    threshold=1,
)
def unpaid(most: int) -> Iterable[Reading]:
    overdue = [SubscriptionState.PAST_DUE, SubscriptionState.READ_ONLY]
    rows = Subscription.objects.filter(state__in=overdue, region__status__in=KEPT)
    late = rows.filter(moved_at__lt=clock.now() - timedelta(days=most))
    return [Reading(pk, since(at, DAYS)) for pk, at in late.values_list("region_id", "moved_at")]


@alert_rule(
    "stripe_differs",
    label=_("Stripe and our own books of subscriptions differ"),
    advice=_("The page of differences names each; most go by themselves with the next event."),
    unit=_("differences"),
    lasting=timedelta(hours=2),
)
def stripe_differs(most: int) -> Iterable[Reading]:
    return if_more(Difference.objects.filter(gone_at=None).count(), most)


@alert_rule(
    "books",
    label=_("The books of the region do not add up"),
    advice=_("Make the region read-only and compare its ledger with the newest archive."),
    unit=_("differences"),
    severity=Severity.CRITICAL,
)
def books(most: int) -> Iterable[Reading]:
    return _counter("ledger_differences", most)


@alert_rule(
    "region_log",
    label=_("The log of the region has gaps or changed rows"),
    advice=_("Somebody with rights of the database touched it: keep the archives, and find out who."),
    unit=_("findings"),
    severity=Severity.CRITICAL,
)
def region_log(most: int) -> Iterable[Reading]:
    return _counter("audit_findings", most)


@alert_rule(
    "platform_log",
    label=_("The log of the platform has gaps or changed rows"),
    advice=_("Somebody with rights of the database touched it: keep the backups, and find out who."),
    unit=_("findings"),
    severity=Severity.CRITICAL,
)
def platform_log(most: int) -> Iterable[Reading]:
    rows = HouseCheck.objects.filter(name="audit", value__gt=most)
    return [Reading(None, value) for value in rows.values_list("value", flat=True)]


@alert_rule(
    "platform_outbox",
    label=_("Messages of the platform do not leave"),
    advice=_("Look at the workers and at the mail server."),
    unit=_("messages"),
    threshold=20,
    lasting=timedelta(minutes=10),
)
def platform_outbox(most: int) -> Iterable[Reading]:
    due = clock.now() - timedelta(minutes=5)
    return if_more(OutboxMessage.objects.filter(state=OutboxMessage.State.WAITING, due_at__lt=due).count(), most)


@alert_rule(
    "platform_given_up",
    label=_("Messages of the platform were given up"),
    advice=_("They were tried twelve times. Their error stands in the outbox."),
    unit=_("messages in 24 hours"),
)
def platform_given_up(most: int) -> Iterable[Reading]:
    day = clock.now() - timedelta(days=1)
    return if_more(OutboxMessage.objects.filter(state=OutboxMessage.State.GIVEN_UP, due_at__gt=day).count(), most)


@alert_rule(
    "migration_stopped",
    label=_("The newest migration of the fleet stopped or was cut off"),
    advice=_("Read why on its page, mend the cause and start it again: it goes on where it stopped."),
    unit=_("runs"),
    severity=Severity.CRITICAL,
)
def migration_stopped(most: int) -> Iterable[Reading]:
    newest = FleetRun.objects.filter(kind=FleetRun.Kind.MIGRATE).order_by("-pk").first()
    if newest is None:
        return []
    silent = newest.seen_at is not None and newest.seen_at < clock.now() - RUN_SILENT
    cut_off = newest.state == FleetRun.State.RUNNING and silent
    return if_more(int(newest.state == FleetRun.State.STOPPED or cut_off), most)


@alert_rule(
    "building_failed",
    label=_("Building new regions failed"),
    advice=_("Read the error on the page of the registration, mend its cause and try again."),
    unit=_("registrations"),
)
def building_failed(most: int) -> Iterable[Reading]:
    return if_more(Registration.objects.filter(state=RegistrationState.FAILED).count(), most)


@alert_rule(
    "drill_failed",
    label=_("An archive of the region did not come back exactly"),
    advice=_("Read the differences on the page of drills. Until they are explained, trust no backup of this region."),
    unit=_("differences"),
    severity=Severity.CRITICAL,
)
def drill_failed(most: int) -> Iterable[Reading]:
    done = [RestoreProof.State.PASSED, RestoreProof.State.FAILED]
    newest = RestoreProof.objects.filter(state__in=done).order_by("region_id", "-pk").distinct("region_id")
    rows = newest.values_list("region_id", "state", "differences")
    return [Reading(pk, max(len(found), 1)) for pk, state, found in rows if state == RestoreProof.State.FAILED]


@alert_rule(
    "drills_missing",
    label=_("No region was restored for a trial lately"),
    advice=_("Look at the workers, and at the night that did not end on the page of drills."),
    unit=_("hours"),
    threshold=48,
)
def drills_missing(most: int) -> Iterable[Reading]:
    """Counted from the last night that ended, or else from the first region's opening."""
    ended = DrillNight.objects.filter(stop_asked_by="").order_by(F("ended_at").desc(nulls_last=True)).first()
    last = ended.ended_at if ended and ended.ended_at else None
    if last is None:
        last = (
            Region.objects.filter(status=RegionStatus.READY)
            .order_by("ready_at")
            .values_list("ready_at", flat=True)
            .first()
        )
    return if_more(since(last, HOURS), most) if last else []
