"""PPN by date, and how it is rounded."""

from __future__ import annotations

from datetime import date

import pytest

from shared_apps.supplier_catalog.models import Tax
from shared_apps.supplier_catalog.taxes import tax_on, tax_within

NOW = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("case", "on", "amount", "expected"),
    [
        ("10 % until March 2022", date(2022, 3, 31), 1_000_000, 100_000),
        ("11 % from April 2022", date(2022, 4, 1), 1_000_000, 110_000),
        ("11 % on the last day of 2024", date(2024, 12, 31), 1_000_000, 110_000),
        ("12 % of 11/12 from 2025", date(2025, 1, 1), 1_000_000, 110_000),
        ("4.4 rupiah go down", NOW, 40, 4),
        ("5.5 rupiah go up", NOW, 50, 6),
        ("5.39 rupiah go down", NOW, 49, 5),
        ("nothing of nothing", NOW, 0, 0),
        ("a large amount to the rupiah", NOW, 999_999_999_999, 110_000_000_000),
    ],
)
def test_what_comes_on_top(case: str, on: date, amount: int, expected: int) -> None:
    assert tax_on(amount, Tax.ADDED, on) == expected, case


@pytest.mark.parametrize(
    ("case", "amount", "expected"),
    [("111 hold 11", 111, 11), ("half a rupiah and more goes up", 116, 11), ("1 110 000", 1_110_000, 110_000)],
)
def test_what_a_price_holds(case: str, amount: int, expected: int) -> None:
    assert tax_within(amount, Tax.INCLUDED, NOW) == expected, case


@pytest.mark.parametrize("treatment", Tax.values)
def test_each_treatment_has_it_on_top_or_within_or_not_at_all(treatment: str) -> None:
    found = (tax_on(1_110_000, treatment, NOW), tax_within(1_110_000, treatment, NOW))
    assert found == {Tax.NONE: (0, 0), Tax.INCLUDED: (0, 110_000), Tax.ADDED: (122_100, 0)}[Tax(treatment)]


@pytest.mark.parametrize("amount", range(0, 400, 7))
def test_a_price_with_what_came_on_top_holds_the_same(amount: int) -> None:
    on_top = tax_on(amount, Tax.ADDED, NOW)
    assert tax_within(amount + on_top, Tax.INCLUDED, NOW) == on_top


def test_there_was_no_ppn_before_1985() -> None:
    with pytest.raises(LookupError):
        tax_on(100, Tax.ADDED, date(1985, 3, 31))
