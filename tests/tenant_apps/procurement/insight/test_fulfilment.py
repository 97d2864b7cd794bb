"""How suppliers deliver: hand-made orders, and shares that are shares for any orders."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tenant_apps.procurement.insight.fulfilment import Delivered, quantile, score

MONDAY = date(2026, 11, 2)


def delivered(
    packs: int, received: int, rejected: int = 0, *, days: int | None = 2, due: int = 2, promised: int | None = 2
) -> Delivered:
    return Delivered(
        packs=packs,
        received=received,
        rejected=rejected,
        complete=received >= packs,
        sent_on=MONDAY,
        due_on=MONDAY + timedelta(days=due),
        promised_on=None if promised is None else MONDAY + timedelta(days=promised),
        received_on=None if days is None else MONDAY + timedelta(days=days),
    )


def test_rates_of_hand_made_orders() -> None:
    found = score(
        [
            delivered(10, 10),
            delivered(10, 8, 2),
            delivered(20, 20, days=5, due=4, promised=4),
            delivered(10, 0, days=None, promised=None),
        ]
    )
    assert (found.orders, found.packs, found.received, found.rejected) == (4, 50, 38, 2)
    assert (found.fill_rate, found.otif, found.reject_rate) == (760, 250, 50)
    assert (found.lead_median, found.lead_p90, found.promised_median, found.late) == (2, 5, 2, 1)


def test_nothing_is_no_rate() -> None:
    found = score([])
    assert (found.fill_rate, found.otif, found.reject_rate, found.lead_median) == (None, None, None, None)


def test_only_all_is_all() -> None:
    assert score([delivered(100_000, 99_999)]).fill_rate == 999


@given(
    st.lists(st.tuples(st.integers(1, 999), st.integers(0, 999), st.integers(0, 999), st.integers(0, 60)), max_size=20)
)
def test_rates_are_shares(rows: list[tuple[int, int, int, int]]) -> None:
    found = score(
        [
            delivered(packs, min(good, packs), min(bad, packs - min(good, packs)), days=days)
            for packs, good, bad, days in rows
        ]
    )
    for rate in (found.fill_rate, found.otif, found.reject_rate):
        assert rate is None or 0 <= rate <= 1000


@given(st.lists(st.integers(-5, 90), min_size=1, max_size=40), st.integers(1, 100))
def test_a_quantile_is_one_of_the_values_and_covers_its_share(values: list[int], percent: int) -> None:
    found = quantile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= percent * len(values)
    below = [value for value in values if value < found]
    assert len(below) * 100 < percent * len(values)
