"""A copy of everything that is kept of a person, for them to take along (UU 27/2022, articles 7 and 13)."""

from __future__ import annotations

from typing import Any

from tenants.context import current_region
from tenants.kernel import clock
from tenants.personal.people import Person, holders, known


def copy_of(person: Person) -> dict[str, Any]:
    """All parts by the app's name; amounts in whole rupiah, moments in ISO 8601."""
    person = known(person)
    parts = {one.name: one.holder.copy(person) for one in holders()}
    return {
        "region": current_region().name,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "data": {name: part for name, part in parts.items() if part},
    }
