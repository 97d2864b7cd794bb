"""Reminders on their days, each once; usage as regions tell it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared_apps.billing.models import Invoice, Subscription, UsageMonth
from shared_apps.billing.services import reminding
from shared_apps.billing.services.metering import meter
from shared_apps.billing.services.settling import sweep
from shared_apps.billing.states import day_of
from shared_apps.operations.models import RegionCounter
from tenants.kernel import clock
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.shared_apps.billing.house import fresh, invoiced, subscribed

pytestmark = pytest.mark.usefixtures("platform")


@pytest.mark.parametrize(
    ("passed", "step"),
    [(-15, None), (-14, -14), (-4, -14), (-3, -3), (0, -3), (1, 1), (6, 1), (7, 7), (14, 14), (44, 14), (45, None)],
)
def test_the_newest_step_of_the_schedule_counts(passed: int, step: int | None) -> None:
    due = day_of(clock.now())
    assert reminding.step_on(due, due + timedelta(days=passed)) == step


def test_an_open_invoice_is_reminded_of_five_times(kalidoni: Region) -> None:
    invoice = invoiced(subscribed(kalidoni))
    Subscription.objects.update(email="")
    due = invoice.due_on
    sent: list[int] = []
    for day in range(-20, 60):
        reminding.remind(due + timedelta(days=day))
        count = reminding.remind(due + timedelta(days=day))
        assert count == 0, "a second run on the same day sends nothing"
        found = OutboxMessage.objects.filter(dedupe__startswith=f"billing.reminder:{invoice.public_id}")
        if found.count() > len(sent):
            sent.append(day)
    assert sent == [-14, -3, 1, 7, 14]
    letter = OutboxMessage.objects.filter(dedupe__startswith="billing.reminder").order_by("pk").first()
    assert letter is not None
    assert letter.payload["to"] == "camat@example.test"
    assert invoice.number in letter.payload["subject"] and "2.775.000" in letter.payload["body"]


def test_a_paid_invoice_is_not_reminded_of(kalidoni: Region) -> None:
    invoice = invoiced(subscribed(kalidoni))
    Subscription.objects.update(email="")
    Invoice.objects.update(state="paid", paid=invoice.total, paid_at=clock.now())
    assert reminding.remind(invoice.due_on) == 0


def test_the_end_of_a_trial_is_told_unless_somebody_pays(kalidoni: Region, lombok: Region) -> None:
    one, other = subscribed(kalidoni), subscribed(lombok)
    Subscription.objects.filter(pk=one.pk).update(email="camat@example.test")
    Subscription.objects.filter(pk=other.pk).update(
        email="lombok@example.test", card_until=other.trial_until + timedelta(days=30)
    )
    ends = day_of(one.trial_until)
    for day in (-14, -3, 1):
        sweep(one.trial_until + timedelta(days=day))
        assert reminding.remind(ends + timedelta(days=day)) == 1, day
    assert set(OutboxMessage.objects.values_list("payload__to", flat=True)) == {"camat@example.test"}
    assert fresh(one).state == "past_due"


def test_usage_is_what_regions_told_this_month(kalidoni: Region, lombok: Region) -> None:
    now = clock.now()
    told = {"warungs_open": 12, "orders_month": 340, "storage_bytes": 7 * 1048576, "orders_today": 9}
    for name, value in told.items():
        RegionCounter.objects.create(region=kalidoni, name=name, value=value, measured_at=now)
    RegionCounter.objects.create(region=lombok, name="orders_month", value=5, measured_at=now - timedelta(days=40))
    assert meter() == 1
    assert meter() == 0
    row = UsageMonth.objects.get()
    assert (row.region, row.warungs, row.orders, row.storage_mb) == (kalidoni, 12, 340, 7)
    RegionCounter.objects.filter(name="orders_month").update(value=400, measured_at=now + timedelta(minutes=5))
    RegionCounter.objects.filter(name="warungs_open").update(value=3, measured_at=now + timedelta(minutes=5))
    meter()
    row.refresh_from_db()
    # The most of the month counts for warungs.
    assert (row.warungs, row.orders) == (12, 400)
