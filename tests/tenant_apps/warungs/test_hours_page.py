"""The opening hours of a week: all days alike, or day by day."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast, browser_of

URL = "/toko/jam/"
NIGHT = time(0)


@pytest.fixture
def hasan(market: Cast) -> Client:
    return browser_of(market.hasan)


def send(market: Cast, browser: Client, **told: Any) -> Any:
    return browser.post(URL, {"warung": str(market.warung.public_id), **told})


def week(market: Cast) -> list[tuple[int, time, time]]:
    return list(market.warung.hours.values_list("weekday", "opens", "closes"))


def test_the_same_hours_on_chosen_days(market: Cast, hasan: Client) -> None:
    assert send(market, hasan, mode="same", opens="06:30", closes="21:00", days=["0", "2", "6"]).status_code == 302
    assert week(market) == [(day, time(6, 30), time(21)) for day in (0, 2, 6)]


def test_around_the_clock(market: Cast, hasan: Client) -> None:
    send(market, hasan, mode="same", whole_day="on", days=[str(day) for day in range(7)])
    assert week(market) == [(day, NIGHT, NIGHT) for day in range(7)]
    assert hasan.get(URL).context["same"]["whole_day"].value() is True


def test_day_by_day_with_a_break_at_noon(market: Cast, hasan: Client) -> None:
    told = {
        "day0-opens": "07:00", "day0-closes": "12:00", "day0-opens_again": "15:00", "day0-closes_again": "22:00",
        "day4-whole_day": "on",
        "day5-opens": "18:00", "day5-closes": "02:00",
    }  # fmt: skip
    assert send(market, hasan, mode="days", **told).status_code == 302
    assert week(market) == [
        (0, time(7), time(12)), (0, time(15), time(22)), (4, NIGHT, NIGHT), (5, time(18), time(2)),
    ]  # fmt: skip
    page = hasan.get(URL)
    assert page.context["by_day"] is True
    assert page.context["days"][0]["opens_again"].value() == time(15)


@pytest.mark.parametrize(
    ("case", "told"),
    [
        ("no times", {"days": ["0"]}),
        ("no days", {"opens": "07:00", "closes": "21:00"}),
        ("a day that no week has", {"opens": "07:00", "closes": "21:00", "days": ["7"]}),
        ("no time of day", {"opens": "25:00", "closes": "21:00", "days": ["0"]}),
        ("a character that no time has", {"opens": "07:00\x00", "closes": "21:00", "days": ["0"]}),
    ],
)
def test_what_is_no_week_is_a_message(market: Cast, hasan: Client, case: str, told: dict[str, Any]) -> None:
    before = week(market)
    answer = send(market, hasan, mode="same", **told)
    assert answer.status_code == 200 and answer.context["same"].errors
    assert week(market) == before


@pytest.mark.parametrize(
    ("case", "told", "field"),
    [
        ("opens without an end", {"day0-opens": "07:00"}, "closes"),
        ("ends without a beginning", {"day0-closes": "07:00"}, "opens"),
        ("a second opening alone", {"day0-opens_again": "15:00", "day0-closes_again": "17:00"}, "opens"),
        (
            "a second opening within the first",
            {"day0-opens": "07:00", "day0-closes": "16:00", "day0-opens_again": "15:00", "day0-closes_again": "17:00"},
            "opens_again",
        ),
    ],
)
def test_a_day_that_makes_no_sense_is_a_message(
    market: Cast, hasan: Client, case: str, told: dict[str, str], field: str
) -> None:
    before = week(market)
    answer = send(market, hasan, mode="days", **told)
    assert list(answer.context["days"][0].errors) == [field]
    assert week(market) == before


def test_a_form_without_a_mode_changes_nothing(market: Cast, hasan: Client) -> None:
    before = week(market)
    assert send(market, hasan).status_code == 200
    assert send(market, hasan, mode="never").status_code == 200
    assert week(market) == before


def test_another_owners_hours_are_not_there(market: Cast) -> None:
    siti, before = browser_of(market.siti), week(market)
    assert send(market, siti, mode="same", whole_day="on", days=["0"]).status_code == 404
    assert week(market) == before
