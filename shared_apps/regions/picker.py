"""The field with which a form asks for areas. Its page is `regions/_picker.html`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from shared_apps.regions.models import Level
from shared_apps.regions.selectors import AreaHit, hits_of, search_areas

FIELD = "areas"
SEARCH_FIELD = "area_search"
LONGEST_TEXT = 80


@dataclass(frozen=True, slots=True)
class AreaPicker:
    """What the picker shows: chosen areas, and what a search without JavaScript found."""

    label: str
    hint: str = ""
    levels: tuple[Level, ...] = ()
    multiple: bool = True
    text: str = ""
    chosen: list[AreaHit] = field(default_factory=list)
    found: list[AreaHit] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where the type-ahead asks."""
        return f"{reverse('regions:areas')}?{urlencode({'levels': ','.join(self.levels)})}"

    @property
    def codes(self) -> list[str]:
        """Codes of the chosen areas."""
        return [hit.area.code for hit in self.chosen]


def is_search(data: QueryDict) -> bool:
    """Whether the form was sent to search an area, not to go on."""
    return f"{SEARCH_FIELD}_now" in data


def area_picker(
    data: QueryDict | None,
    *,
    label: str,
    hint: str = "",
    levels: Iterable[Level] = (),
    multiple: bool = True,
    initial: Iterable[str] = (),
    errors: Iterable[str] = (),
) -> AreaPicker:
    """The picker for a form as it was sent, or with its initial areas. Codes that do not exist are left out."""
    wanted = tuple(levels)
    codes = list(initial) if data is None else data.getlist(FIELD)
    chosen = hits_of(codes if multiple else codes[-1:])
    text = data.get(SEARCH_FIELD, "")[:LONGEST_TEXT].strip() if data is not None else ""
    taken = {hit.area.code for hit in chosen}
    return AreaPicker(
        label=label,
        hint=hint,
        levels=wanted,
        multiple=multiple,
        text=text,
        chosen=chosen,
        found=[hit for hit in search_areas(text, levels=wanted) if hit.area.code not in taken] if text else [],
        errors=list(errors),
    )
