"""The files of `infra/` as the tests read them, and which variables our programs read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
INFRA = ROOT / "infra"
COMPOSE = INFRA / "compose" / "compose.yaml"
CHART = INFRA / "kubernetes" / "chart"
# Read by `make run`, by trials, or refused in production.
NOT_PRODUCTION = {
    "WARSA_CONNECTORS_ON_LOOPBACK",
    "WARSA_DEBUG",
    "WARSA_MAILBOX_DIR",
    "WARSA_PORT",
    "WARSA_PROVISIONING_PAUSE_MS",
    "WARSA_STRIPE_URL",
    "WARSA_TLS",
}
_NAME = re.compile(r"WARSA_[A-Z]+(?:_[A-Z]+)*")


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return found


def read_by_settings() -> set[str]:
    """Every variable that the settings read."""
    code = "".join(path.read_text() for path in (ROOT / "platform" / "warsa" / "settings").glob("*.py"))
    return set(re.findall(r"env\.\w+\(\s*\"(WARSA_[A-Z_]+)\"", code)) | set(_NAME.findall(_refused(code)))


def _refused(code: str) -> str:
    """The table of names that production refuses."""
    start = code.index("for _name, _why in {")
    return code[start : code.index("}.items()", start)]


def read_beside() -> set[str]:
    """Variables of the programs beside the platform."""
    files = [*(INFRA / "backup").glob("*.py"), *(INFRA / "database").glob("*.py"), *(INFRA / "container").glob("*.py")]
    files += [*(INFRA / "release").glob("*.sh"), ROOT / "platform" / "warsa" / "counting.py"]
    return {name for path in files for name in _NAME.findall(path.read_text())}


def without_file(name: str) -> str:
    return name.removesuffix("_FILE")
