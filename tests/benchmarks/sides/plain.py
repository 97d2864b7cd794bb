"""Plain Django."""

from __future__ import annotations

from django.core.management import call_command

from tests.benchmarks.sides.serving import memory, serve

__all__ = ["memory", "prepare", "serve"]


def prepare() -> None:
    """Every table, in public."""
    # Brings the extension that the catalog's index is made of.
    call_command("migrate", "regions", verbosity=0)
    call_command("migrate", verbosity=0)
