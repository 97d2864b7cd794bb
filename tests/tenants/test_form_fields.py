"""Rupiah and quantities as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from tenants.forms import AmountField, RupiahField


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12500", 12_500),
        ("12.500", 12_500),
        ("14.000", 14_000),
        ("1.250.000", 1_250_000),
        ("Rp 12.500", 12_500),
        ("Rp12.500,-", 12_500),
        ("rp. 500", 500),
        ("12.500,00", 12_500),
        (" 12500 ", 12_500),
        ("Rp\u00a012.500", 12_500),
        ("1000000000", 1_000_000_000),
        ("", None),
        (None, None),
    ],
)
def test_rupiah_are_read_as_they_are_written(written: str | None, meant: int | None) -> None:
    assert RupiahField(required=False).clean(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "0",
        "-5",
        "12,500",
        "12.50",
        "1.2.3",
        "12 500",
        "1e3",
        "NaN",
        "٣٠٠",
        "½",
        "\x00",
        "12500\x00",
        "9" * 30,
        "1000000001",
        "[]",
    ],
)
def test_what_is_no_price_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        RupiahField(required=False).clean(written)


def test_rupiah_are_shown_with_dots_and_read_back() -> None:
    field = RupiahField()
    assert field.prepare_value(1_250_000) == "1.250.000"
    assert field.clean(field.prepare_value(1_250_000)) == 1_250_000


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12", Decimal(12)),
        ("1,5", Decimal("1.5")),
        ("1.5", Decimal("1.5")),
        ("0,25", Decimal("0.25")),
        ("1.500", Decimal(1500)),
        ("1.250,5", Decimal("1250.5")),
        ("1,500", Decimal("1.5")),
        ("", None),
    ],
)
def test_quantities_are_read_as_they_are_written(written: str, meant: Decimal | None) -> None:
    assert AmountField(required=False).clean(written) == meant


@pytest.mark.parametrize("written", ["0", "-1", "abc", "1,2345", "1e9", "NaN", "Infinity", "٣", "\x00", "9" * 30])
def test_what_is_no_quantity_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        AmountField().clean(written)


def test_nothing_left_is_a_quantity_where_it_may_be() -> None:
    assert AmountField(allow_zero=True).clean("0") == 0
