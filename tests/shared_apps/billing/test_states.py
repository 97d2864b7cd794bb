"""What a subscription is, by its facts and the time; and what that means for the region."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared_apps.billing.models import PlanVersion, Subscription, SubscriptionEvent
from shared_apps.billing.services.settling import sweep
from shared_apps.billing.services.subscribing import end, extend_trial, go_on, subscribe_all
from shared_apps.billing.states import after, state_of
from shared_apps.operations.figures import RegionRollup
from tenants.kernel import clock
from tenants.models import Region
from tests.shared_apps.billing.house import BY, fresh, subscribed, trial_over

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)


def days(number: int | None) -> datetime | None:
    return None if number is None else NOW + timedelta(days=number)


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize(
    ("case", "trial", "card", "invoice", "terms", "ends", "state"),
    [
        ("free", 5, None, None, None, None, "trialing"),
        ("free and paid already", 5, 30, None, None, None, "active"),
        ("card in order", -5, 30, None, None, None, "active"),
        ("invoice paid", -5, None, 30, None, None, "active"),
        ("invoice not yet due", -5, None, None, 3, None, "active"),
        ("just over", -1, None, None, None, None, "past_due"),
        ("last day of grace", -13, None, None, None, None, "past_due"),
        ("grace is over", -14, None, None, None, None, "read_only"),
        ("grace begins with the latest cover", -400, -3, -90, None, None, "past_due"),
        ("asked to end, paid on", -5, 30, None, None, -1, "active"),
        ("asked to end, free on", 5, None, None, None, 5, "trialing"),
        ("ended", -5, -1, None, None, -1, "cancelled"),
        ("ended within the trial", 5, None, None, None, -1, "cancelled"),
    ],
)
def test_the_state_follows_from_facts_and_time(
    case: str,
    trial: int,
    card: int | None,
    invoice: int | None,
    terms: int | None,
    ends: int | None,
    state: str,
) -> None:
    subscription = Subscription(
        plan=PlanVersion(grace_days=14),
        trial_until=NOW + timedelta(days=trial),
        card_until=days(card),
        invoice_until=days(invoice),
        terms_until=days(terms),
        ends_at=days(ends),
    )
    assert state_of(subscription, NOW) == state, case


@pytest.mark.parametrize(
    ("day", "interval", "then"),
    [
        ("2026-01-31", "month", "2026-02-28"),
        ("2028-01-31", "month", "2028-02-29"),
        ("2028-02-29", "year", "2029-02-28"),
        ("2026-12-15", "month", "2027-01-15"),
        ("2026-12-15", "year", "2027-12-15"),
    ],
)
def test_a_period_ends_on_the_same_day_or_the_months_last(day: str, interval: str, then: str) -> None:
    assert after(datetime.fromisoformat(day).date(), interval).isoformat() == then


@pytest.mark.usefixtures("platform")
class TestTime:
    def test_every_open_region_begins_its_trial_once(self, kalidoni: Region, lombok: Region) -> None:
        assert subscribe_all() == 2
        assert subscribe_all() == 0
        one = Subscription.objects.get(region=kalidoni)
        assert (one.plan.code, one.state) == ("kecamatan", "trialing")
        assert 363 <= (one.trial_until - clock.now()).days <= 365

    def test_time_moves_it_and_the_region_with_it(self, kalidoni: Region) -> None:
        one = trial_over(subscribed(kalidoni))
        assert sweep() == 1
        assert sweep() == 0
        assert fresh(one).state == "past_due"
        kalidoni.refresh_from_db()
        assert kalidoni.read_only_because == []
        trial_over(one, days=14)
        assert sweep() == 1
        kalidoni.refresh_from_db()
        assert (fresh(one).state, kalidoni.read_only_because) == ("read_only", ["billing"])
        assert [event.after for event in SubscriptionEvent.objects.filter(subscription=one)] == [
            "read_only",
            "past_due",
        ]

    def test_the_console_knows_plan_and_state(self, kalidoni: Region) -> None:
        one = subscribed(kalidoni)
        told = RegionRollup.objects.filter(region=kalidoni).values_list("plan", "billing_state")
        assert list(told) == [("Kecamatan", "trialing")]
        trial_over(one)
        sweep()
        assert list(told.all()) == [("Kecamatan", "past_due")]

    def test_more_time_opens_it_again(self, kalidoni: Region) -> None:
        one = trial_over(subscribed(kalidoni), days=30)
        sweep()
        extend_trial(subscription=one, until=clock.now() + timedelta(days=10), by=BY, reason="kantor libur")
        kalidoni.refresh_from_db()
        assert (fresh(one).state, kalidoni.read_only_because) == ("trialing", [])

    def test_another_reason_keeps_it_read_only(self, kalidoni: Region) -> None:
        from tenants.models import ReadOnlyBecause
        from tenants.read_only import make_read_only

        one = trial_over(subscribed(kalidoni), days=30)
        sweep()
        make_read_only(region=kalidoni, because=ReadOnlyBecause.OPERATOR)
        extend_trial(subscription=one, until=clock.now() + timedelta(days=10), by=BY, reason="x")
        kalidoni.refresh_from_db()
        assert kalidoni.read_only_because == ["operator"]

    def test_ending_waits_for_what_is_covered_and_may_be_taken_back(self, kalidoni: Region) -> None:
        one = subscribed(kalidoni)
        end(subscription=one, by=BY, reason="pindah", at=one.covered_until)
        assert fresh(one).state == "trialing"
        assert sweep(one.covered_until + timedelta(hours=1)) == 1
        assert fresh(one).state == "cancelled"
        go_on(subscription=one, by=BY)
        assert fresh(one).state == "trialing"

    def test_the_sweep_of_another_day_is_its_own(self, kalidoni: Region, lombok: Region) -> None:
        one, other = subscribed(kalidoni), subscribed(lombok)
        trial_over(one, days=3)
        sweep()
        assert (fresh(one).state, fresh(other).state) == ("past_due", "trialing")
