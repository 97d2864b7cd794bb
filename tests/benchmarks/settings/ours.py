"""WARSA as it is."""

from tests.benchmarks.settings.common import *  # noqa: F403
