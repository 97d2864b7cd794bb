"""Runbooks name alerts, commands and files that exist, and all have the same five parts."""

from __future__ import annotations

import argparse
import importlib.util
import re
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class

from tests.infra.files import INFRA, ROOT

FOLDER = ROOT / "docs" / "runbooks"
RUNBOOKS = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
PAGES = [*RUNBOOKS, ROOT / "docs/production.md", ROOT / "docs/observability.md", ROOT / "docs/citus.md"]
PARTS = ["**You notice by**", "## First five minutes", "## Look", "## Cure", "## After"]


def verbs(command: str) -> set[str]:
    """The second words that a command of ours knows."""
    parser = load_command_class(get_commands()[command], command).create_parser("warsa", command)
    return {
        verb for action in parser._actions if isinstance(action, argparse._SubParsersAction) for verb in action.choices
    }


def flags(command: str) -> set[str]:
    """Every option of a command and of its verbs."""
    parser = load_command_class(get_commands()[command], command).create_parser("warsa", command)
    found = set(parser._option_string_actions)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for one in action.choices.values():
                found |= set(one._option_string_actions)
    return found


def test_there_are_enough_and_the_first_page_leads_to_each() -> None:
    assert len(RUNBOOKS) >= 10
    index = (FOLDER / "README.md").read_text()
    assert [path.name for path in RUNBOOKS if f"({path.name})" not in index] == []


@pytest.mark.parametrize("path", RUNBOOKS, ids=lambda path: path.stem)
def test_each_has_the_five_parts_in_order(path: Path) -> None:
    text = path.read_text()
    places = [text.find(part) for part in PARTS]
    assert -1 not in places and places == sorted(places)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_what_a_page_names_is_there(path: Path) -> None:
    text = path.read_text()
    rules = yaml.safe_load((INFRA / "monitoring/rules/warsa.yaml").read_text())
    alerts = {rule["alert"] for group in rules["groups"] for rule in group["rules"] if "alert" in rule}
    assert set(re.findall(r"`(Warsa[A-Z]\w+)`", text)) <= alerts
    for command, rest in re.findall(r"(?<![\w/-])(?<!--app )warsa ([a-z_]+)((?: [^\s`|;,]+)*)", _code(text)):
        assert command in get_commands(), command
        words = rest.split()
        if known := verbs(command):
            assert words and words[0] in known, (command, words)
        assert {word for word in words if word.startswith("--")} <= flags(command), (command, words)
    for module in re.findall(r"python -m (infra\.[\w.]+)", text):
        assert importlib.util.find_spec(module.rstrip(".")) is not None, module
    for other in re.findall(r"`((?:docs|infra|tests|tenants)/[\w./-]+\.\w+)`", text):
        assert (ROOT / other).exists(), other
    for other in re.findall(r"→ `([\w-]+\.md)`", text):
        assert (FOLDER / other).exists(), other


def _code(text: str) -> str:
    """What stands in backticks and in blocks, a piece a line."""
    blocks = re.findall(r"```\n(.*?)```", text, re.S)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))])
