"""What an app above this one offers on a warung's page, beside what lies on the shelf."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tenant_apps.warungs.models import Warung


@dataclass(frozen=True)
class Beside:
    """A sentence, and the page where it goes on."""

    text: str
    label: str
    address: str


_offers: list[Callable[[Warung], Beside | None]] = []


def offer_beside(offer: Callable[[Warung], Beside | None]) -> None:
    """For AppConfig.ready. `offer` asks the database nothing for a warung that it does not mean."""
    if offer not in _offers:
        _offers.append(offer)


def offered_beside(warung: Warung) -> list[Beside]:
    return [one for offer in _offers if (one := offer(warung)) is not None]
