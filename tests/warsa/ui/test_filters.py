"""Money, weights, times and names, to the letter."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from tests.warsa.ui.seeing import Seen
from tests.warsa.ui.test_components import HOSTILE
from warsa.ui.templatetags import warsa as tags

NOON = datetime(2026, 11, 24, 7, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("case", "amount", "text"),
    [
        ("thousands", 12_500, "Rp\xa012.500"),
        ("nothing to pay", 0, "Rp\xa00"),
        ("no amount", None, ""),
        ("small", 999, "Rp\xa0999"),
        ("what a citizen never pays", 1_234_567_890_123, "Rp\xa01.234.567.890.123"),
        ("owed", -500, "-Rp\xa0500"),
    ],
)
def test_rupiah(case: str, amount: int | None, text: str) -> None:
    assert tags.rupiah(amount) == text


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        (1_500, "g", "1,5\xa0kg"),
        (1_000, "g", "1\xa0kg"),
        (1_005, "g", "1,005\xa0kg"),
        (250, "g", "250\xa0g"),
        (2_500_000, "g", "2.500\xa0kg"),
        (600, "ml", "600\xa0ml"),
        (1_250, "ml", "1,25\xa0L"),
        (1_200, "pcs", "1.200\xa0pcs"),
        (0, "pcs", "0\xa0pcs"),
        (None, "g", ""),
    ],
)
def test_quantity(amount: int | None, unit: str, text: str) -> None:
    assert tags.quantity(amount, unit) == text


@pytest.mark.parametrize(
    ("zone", "moment", "text"),
    [
        ("Asia/Jakarta", NOON, "24 Nov 2026 14.05 WIB"),
        ("Asia/Makassar", NOON, "24 Nov 2026 15.05 WITA"),
        ("Asia/Jayapura", NOON, "24 Nov 2026 16.05 WIT"),
        ("Asia/Jayapura", datetime(2026, 12, 31, 15, 0, tzinfo=UTC), "1 Jan 2027 00.00 WIT"),
        ("Asia/Jakarta", datetime(2026, 5, 1, 2, 0, tzinfo=UTC), "1 Mei 2026 09.00 WIB"),
        ("Asia/Jakarta", None, ""),
    ],
)
def test_local_time(zone: str, moment: datetime | None, text: str) -> None:
    with timezone.override(zone), translation.override("id"):
        assert tags.local_time(moment) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("081234567890", "0812••••890"),
        ("+6281234567890", "+628••••890"),
        ("0812-3456-7890", "0812••••890"),
        ("08123456", "••••"),
        ("", "••••"),
        (None, "••••"),
    ],
)
def test_masked_phone(number: str | None, text: str) -> None:
    assert tags.masked_phone(number) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [("Ratna Dewi Sari", "RD"), ("hasan", "H"), ("  ", "?"), (None, "?"), ("Élis", "É"), ("<b>x", "<")],
)
def test_initials(name: str | None, text: str) -> None:
    assert tags.initials(name) == text


def test_a_tint_stays_and_is_one_of_six() -> None:
    assert tags.tint("Ratna") == tags.tint("Ratna")
    assert {tags.tint(n) for n in range(200)} == {f"tint-{n}" for n in range(1, 7)}


@pytest.mark.parametrize(
    ("name", "icon"),
    [
        ("Beras & tepung Beras premium", "wheat"),
        ("Fresh Food: ikan Ikan patin", "fish"),
        ("Minuman Kopi bubuk", "coffee"),
        ("Telur & susu", "egg"),
        ("Lain-lain", "package"),
        (None, "package"),
    ],
)
def test_category_icon(name: object, icon: str) -> None:
    assert tags.category_icon(name) == icon


@pytest.mark.parametrize("icon", ["package", "info", *(icon for _words, icon in tags.CATEGORY_ICONS)])
def test_every_icon_of_a_category_can_be_drawn(icon: str) -> None:
    assert 'aria-hidden="true"' in tags.icon(icon)


class Kinds(forms.Form):
    one = forms.CharField()
    two = forms.CharField(widget=forms.Textarea)
    three = forms.ChoiceField(choices=[])
    four = forms.ChoiceField(choices=[], widget=forms.RadioSelect)
    five = forms.MultipleChoiceField(choices=[], widget=forms.CheckboxSelectMultiple)
    six = forms.BooleanField()
    seven = forms.FileField()
    eight = forms.IntegerField()


def test_field_kind() -> None:
    kinds = [tags.field_kind(field) for field in Kinds()]
    assert kinds == ["input", "textarea", "select", "radios", "checks", "checkbox", "file", "input"]


@pytest.mark.parametrize(
    ("query", "link"),
    [
        ("", "?page=3"),
        ("page=2", "?page=3"),
        ("state=live&page=2", "?state=live&page=3"),
        ("q=%22%3E%3Cscript%3E&page=x", "?q=%22%3E%3Cscript%3E&page=3"),
    ],
)
def test_page_link(query: str, link: str) -> None:
    assert tags.page_link(Context({"request": RequestFactory().get(f"/?{query}")}), "page", 3) == link


@pytest.mark.parametrize(
    ("referrer", "back"),
    [
        ("http://localhost/daftar/?a=1", "http://localhost/daftar/?a=1"),
        ("", "/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("http://localhost.elsewhere.example/", "/"),
    ],
)
def test_the_way_back_never_leaves_the_site(referrer: str, back: str) -> None:
    request = RequestFactory().post("/", headers={"host": "localhost", "referer": referrer})
    assert tags.way_back(Context({"request": request})) == back


def test_attributes_are_escaped_also_when_they_come_in_quotes() -> None:
    given = {"data-x": HOSTILE, "title": '"quoted"', "hidden": True, "disabled": False, "rows": None, "max": 3}
    seen = Seen(f"<p{tags.attributes(given)}></p>")
    assert seen.attributes == [("data-x", HOSTILE), ("title", '"quoted"'), ("hidden", None), ("max", "3")]


def test_a_sparkline_says_in_words_what_it_shows() -> None:
    drawn = tags.sparkline([4, 7, 5], HOSTILE)
    seen = Seen(drawn)
    assert "script" not in seen.tags
    assert dict(seen.attributes)["aria-label"] == HOSTILE
    assert 'points="2.0,30.0 60.0,2.0 118.0,20.7"' in drawn
    assert tags.sparkline([4], "x") == ""


def test_a_flat_sparkline_divides_nothing_by_zero() -> None:
    assert 'points="2.0,30.0 118.0,30.0"' in tags.sparkline([5, 5], "x")


def test_a_bar_chart_is_a_table_with_the_longest_bar_full() -> None:
    drawn = tags.bar_chart([("Beras", 420, "Rp 420"), (HOSTILE, 105, "Rp 105"), ("Kopi", -3, "−3")], HOSTILE)
    seen = Seen(drawn)
    assert "script" not in seen.tags
    assert [value for name, value in seen.attributes if name == "width"] == ["100.0", "25.0", "0.0"]
    assert "Rp 105" in seen.text


def test_an_empty_bar_chart_says_so() -> None:
    with translation.override("id"):
        assert Seen(tags.bar_chart([], "x")).text == "Belum ada yang bisa ditampilkan."


def test_the_filters_are_there_without_being_loaded() -> None:
    assert Template("{{ 12500|rupiah }} {{ name|initials }}").render(Context({"name": "Ratna"})) == "Rp\xa012.500 R"
