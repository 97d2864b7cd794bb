"""The one question that code of regions asks of flags."""

from __future__ import annotations

from shared_apps.care.memory import reached


def flag_is_on(name: str) -> bool:
    """Whether the feature is on in the bound region. A flag that nobody made is off; a change is known within seconds.

    Raises:  NoRegionBound where nothing is bound.
    """
    return name in reached().flags
