"""Production does not start with anything that is only good for a demonstration, and names what is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "WARSA_MODE": "production",
    "WARSA_DATABASE_URL": "postgresql://warsa@db.example/warsa",
    "WARSA_BROKER_URL": "redis://broker.example/0",
    "WARSA_CACHE_URL": "redis://broker.example/1",
    "WARSA_SECRET_KEY": "n" * 60,
    "WARSA_PERSONAL_KEYS": "p" * 60,
    "WARSA_BASE_HOST": "warsa.example",
}


def start(changes: dict[str, str | None]) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of its own; what they are is printed."""
    given = {**GOOD, **{name: value for name, value in changes.items() if value is not None}}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WARSA_", "DJANGO_"))}
    env = {**kept, **{name: value for name, value in given.items() if changes.get(name, "") is not None}}
    code = (
        "import django; from django.conf import settings as s; import os;"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'warsa.settings';"
        "print(s.DEBUG, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.BASE_HOST)"
    )
    paths = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
    return subprocess.run(
        [sys.executable, "-c", code], env={**env, "PYTHONPATH": paths}, capture_output=True, text=True, cwd=ROOT
    )


def test_it_starts_with_everything_set() -> None:
    done = start({})
    assert (done.returncode, done.stdout.split()) == (0, ["False", "True", "True", "True", "warsa.example"]), (
        done.stderr
    )


@pytest.mark.parametrize(
    ("case", "changes", "named"),
    [
        ("a short secret", {"WARSA_SECRET_KEY": "short"}, "WARSA_SECRET_KEY"),
        ("the tests' secret", {"WARSA_SECRET_KEY": "test" + "x" * 60}, "WARSA_SECRET_KEY"),
        ("no secret", {"WARSA_SECRET_KEY": None}, "WARSA_SECRET_KEY"),
        ("debugging", {"WARSA_DEBUG": "true"}, "WARSA_DEBUG"),
        ("cookies without TLS", {"WARSA_TLS": "false"}, "WARSA_TLS"),
        ("no base host", {"WARSA_BASE_HOST": None}, "WARSA_BASE_HOST"),
        ("this machine as base host", {"WARSA_BASE_HOST": "localhost"}, "WARSA_BASE_HOST"),
        ("a yes that is no true", {"WARSA_DEBUG": "yes"}, "write true or false"),
        ("no database", {"WARSA_DATABASE_URL": None}, "WARSA_DATABASE_URL"),
        ("another database", {"WARSA_DATABASE_URL": "sqlite:///x"}, "WARSA_DATABASE_URL"),
    ],
)
def test_it_refuses(case: str, changes: dict[str, str | None], named: str) -> None:
    done = start(changes)
    assert done.returncode != 0 and "ImproperlyConfigured" in done.stderr
    assert named in done.stderr.splitlines()[-1]
