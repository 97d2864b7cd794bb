"""Operators at the door of the console: password, and the code that their phone would show."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Page

from tests.journeys.conftest import Platform
from tests.journeys.trading import press

STEP_SECONDS = 30


def code_of(platform: Platform) -> str:
    """The code of now, as `make run` says how to get it."""
    warsa = Path(sys.executable).parent / "warsa"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WARSA_", "DJANGO_"))}
    done = subprocess.run(
        [warsa, "operators", "code", platform.operator],
        env={**kept, "WARSA_HOME": str(platform.home)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()


def show_second_factor(page: Page, platform: Platform) -> None:
    """At the second factor: its code opens the console. A code that was taken already is waited out."""
    deadline = time.monotonic() + 2 * STEP_SECONDS + 10
    while time.monotonic() < deadline:
        page.locator("main [name=code]").fill(code_of(platform))
        press(page, "Open the console")
        if "/operator/masuk/" not in page.url:
            return
        time.sleep(3)
    raise AssertionError(page.locator("main").inner_text())


def open_console(page: Page, platform: Platform) -> None:
    """The demo's operator signs in and stands in the console."""
    page.goto(f"{platform.url}/operator/")
    page.locator("main [name=login]").fill(platform.operator)
    page.locator("main [name=password]").fill(platform.password)
    press(page, "Sign in")
    show_second_factor(page, platform)
