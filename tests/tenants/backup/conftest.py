"""Each test has Plaju with data, really committed, and the world around it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tenants.models import Region
from tests.tenants.backup.plaju import build_plaju


@pytest.fixture
def plaju(committed: None) -> Iterator[Region]:
    yield build_plaju()
    shutil.rmtree(Path(settings.MEDIA_ROOT) / "regions", ignore_errors=True)
