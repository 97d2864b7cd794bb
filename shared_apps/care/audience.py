"""Whose pages an announcement may stand on: regions' roles, which their app registers, for the platform knows none of them."""

from __future__ import annotations

from django.utils.functional import Promise

_audience: dict[str, str | Promise] = {}


def add_audience(code: str, label: str | Promise) -> None:
    """Called in the `ready` of the app whose role it is."""
    _audience[code] = label


def audience() -> list[tuple[str, str | Promise]]:
    """Code and words of each role, in the order in which they were added."""
    return list(_audience.items())
