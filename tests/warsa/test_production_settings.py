"""Production does not start with anything that is only good for a demonstration, and names what is wrong."""

from __future__ import annotations

import json
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
        ("one key for two things", {"WARSA_PERSONAL_KEYS": "n" * 60}, "WARSA_PERSONAL_KEYS"),
        ("a stand-in of Stripe", {"WARSA_STRIPE_URL": "http://127.0.0.1:4242"}, "WARSA_STRIPE_URL"),
        ("Stripe without a secret for its events", {"WARSA_STRIPE_KEY": "sk_live_x"}, "WARSA_STRIPE_WEBHOOK_SECRET"),
        (
            "a key of Stripe's for trials",
            {"WARSA_STRIPE_KEY": "sk_test_x", "WARSA_STRIPE_WEBHOOK_SECRET": "whsec_x"},
            "WARSA_STRIPE_KEY",
        ),
        ("the mailbox of this machine", {"WARSA_MAILBOX_DIR": "/var/mail"}, "WARSA_MAILBOX_DIR"),
        ("a pause for trials", {"WARSA_PROVISIONING_PAUSE_MS": "300"}, "WARSA_PROVISIONING_PAUSE_MS"),
        ("connectors on this machine", {"WARSA_CONNECTORS_ON_LOOPBACK": "true"}, "WARSA_CONNECTORS_ON_LOOPBACK"),
        ("payments in the clear", {"WARSA_MIDTRANS_URL": "http://127.0.0.1:1"}, "WARSA_MIDTRANS_URL"),
        ("traces to nowhere", {"WARSA_OTLP_URL": "collector"}, "WARSA_OTLP_URL"),
    ],
)
def test_it_refuses(case: str, changes: dict[str, str | None], named: str) -> None:
    done = start(changes)
    assert done.returncode != 0 and "ImproperlyConfigured" in done.stderr
    assert named in done.stderr.splitlines()[-1]


def test_the_whole_of_it_comes_up_with_reports_traces_and_lines_of_json() -> None:
    """As the image starts it, short of a database: apps, checks of a deployment, and one line of its log."""
    changes = {"WARSA_SENTRY_DSN": "http://public@127.0.0.1:9/1", "WARSA_OTLP_URL": "http://127.0.0.1:9"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WARSA_", "DJANGO_"))}
    code = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'warsa.settings';"
        "import django; django.setup(); import logging; logging.getLogger('x').warning('call 081234567890');"
        "from django.core.management import call_command; call_command('check', deploy=True, fail_level='ERROR');"
        "os._exit(0)"
    )
    paths = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
    env = {**kept, **GOOD, **changes, "PYTHONPATH": paths}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    line = next(json.loads(line) for line in done.stderr.splitlines() if line.startswith('{"event": "call'))
    assert line["level"] == "warning" and "0812" not in done.stderr
