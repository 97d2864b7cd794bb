"""Light or dark: the device asks, the person decides, the server sends the right page from the first byte."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

import warsa.ui
from tests.warsa.ui.seeing import Seen

pytestmark = pytest.mark.usefixtures("platform")

CSS = (Path(str(warsa.ui.__file__)).parent / "static" / "ui" / "warsa.css").read_text()


def theme_of(cookie: str | None) -> str | None:
    client = Client(headers={"host": "localhost"})
    if cookie is not None:
        client.cookies["theme"] = cookie
    html = client.get("/tentang/", secure=True).content.decode()
    return dict(Seen(html).attributes).get("data-theme")


@pytest.mark.parametrize(
    ("case", "cookie", "theme"),
    [
        ("nothing chosen", None, None),
        ("dark", "dark", "dark"),
        ("light", "light", "light"),
        ("unknown", "sepia", None),
        ("hostile", '"><script>', None),
    ],
)
def test_the_page_has_the_chosen_theme(case: str, cookie: str | None, theme: str | None) -> None:
    assert theme_of(cookie) == theme


def test_dark_is_the_same_whether_asked_or_chosen() -> None:
    asked = re.search(r":root:not\(\[data-theme=\"light\"\]\) \{(.*?)\}", CSS, re.DOTALL)
    chosen = re.search(r":root\[data-theme=\"dark\"\] \{(.*?)\}", CSS, re.DOTALL)
    assert asked and chosen
    assert asked[1].split() == chosen[1].split()


def test_every_colour_of_the_light_page_has_one_for_the_dark() -> None:
    light = re.search(r":root \{(.*?)\}", CSS, re.DOTALL)
    dark = re.search(r":root\[data-theme=\"dark\"\] \{(.*?)\}", CSS, re.DOTALL)
    assert light and dark
    colours = {name for name, value in re.findall(r"(--[\w-]+): ([^;]+);", light[1]) if value.startswith(("#", "rgb"))}
    assert colours == set(re.findall(r"(--[\w-]+):", dark[1]))


def test_below_the_tokens_no_colour_is_named() -> None:
    below = CSS[CSS.index("@layer base") : CSS.index("@layer print {")]
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(", below) == []
