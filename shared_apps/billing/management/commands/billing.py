"""Billing from the command line: plans, sweep, remind, reconcile, sync."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from shared_apps.billing.models import PlanVersion, Subscription
from shared_apps.billing.plans import load_plans
from shared_apps.billing.services.metering import meter
from shared_apps.billing.services.reminding import remind
from shared_apps.billing.services.settling import sweep
from shared_apps.billing.services.subscribing import subscribe_all
from shared_apps.billing.states import day_of
from shared_apps.billing.stripe.reconciling import reconcile
from shared_apps.billing.stripe.syncing import sync
from tenants.kernel.errors import DomainError


def moment(text: str) -> datetime:
    """An aware moment, as 2027-01-31T09:00:00+07:00."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("name the time zone, as +07:00")
    return found


class Command(BaseCommand):
    """`warsa billing …`."""

    help = "Plans, and what beat does for billing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Each step of the work is a word of its own."""
        steps = parser.add_subparsers(dest="step", required=True)
        steps.add_parser("plans", help="Load the plans that come with the software, and list all versions.")
        swept = steps.add_parser("sweep", help="Give new regions their trial, and move subscriptions by time.")
        swept.add_argument("--now", type=moment, help="As if it were this moment: 2027-01-31T09:00:00+07:00.")
        reminded = steps.add_parser("remind", help="Send the reminders of a day.")
        reminded.add_argument("--now", type=moment, help="As if it were this moment.")
        steps.add_parser("reconcile", help="Compare with Stripe.")
        steps.add_parser("sync", help="Read one region anew from Stripe.").add_argument("region", help="Its public id.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one step; a refusal ends it with its message."""
        try:
            getattr(self, f"_{options['step']}")(**options)
        except (DomainError, ValueError) as refusal:
            raise CommandError(str(refusal)) from refusal

    def _plans(self, **options: Any) -> None:
        self.stdout.write(f"{load_plans()} new")
        for plan in PlanVersion.objects.all():
            self.stdout.write(f"{plan.code} v{plan.version}  {plan.monthly}/{plan.yearly}  from {plan.offered_from}")

    def _sweep(self, now: datetime | None = None, **options: Any) -> None:
        self.stdout.write(f"{subscribe_all()} new, {sweep(now)} moved, {meter()} measured")

    def _remind(self, now: datetime | None = None, **options: Any) -> None:
        self.stdout.write(f"{remind(day_of(now) if now else None)} reminders")

    def _reconcile(self, **options: Any) -> None:
        self.stdout.write(f"{reconcile()} differences")

    def _sync(self, region: str, **options: Any) -> None:
        with transaction.atomic():
            sync(Subscription.objects.get(region__public_id=region))
        self.stdout.write("read")
