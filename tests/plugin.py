"""Starts the servers before pytest-django reads the settings (named in addopts, so loaded first of all)."""

from __future__ import annotations

import os
from contextlib import ExitStack

import pytest

from tests.services import services

_stack = ExitStack()
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in the test's thread

# Workers of xdist inherit the controller's servers.
if "WARSA_DATABASE_URL" not in os.environ:
    os.environ.update(_stack.enter_context(services()).environment)


def pytest_unconfigure(config: pytest.Config) -> None:
    _stack.close()
