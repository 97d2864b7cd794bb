"""Where a person can go: apps register entries, the page shells of `warsa.ui` show those that the person may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from django.http import HttpRequest
from django.utils.functional import Promise

Area = Literal["platform", "shop", "toko", "satker", "wilayah", "pemasok", "pembina", "operator"]
AREAS: tuple[str, ...] = get_args(Area)

# Words that stand beside the region's own roles in `NavItem.roles`.
SIGNED_IN = "signed-in"
ANONYMOUS = "anonymous"
OPERATOR = "operator"
SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class NavItem:
    """One entry. Without roles everybody sees it; it is hidden on a site that has no such `url_name`.

    `icon` is a lucide name; the first five of an area, by `order`, become the tabs of a phone, so keep `label` short.
    `count` gives the small number beside the entry; it may be asked on each page, so it must be cheap.
    """

    area: Area
    label: str | Promise
    url_name: str
    icon: str
    order: int = 50
    roles: frozenset[str] = frozenset()
    count: Callable[[HttpRequest], int] | None = None
    # Whether it is shown at all; asked on each page, like `count`.
    when: Callable[[HttpRequest], bool] | None = None
    # Further pages that belong to the entry, by their url names; what lies under them belongs to it as well.
    also: tuple[str, ...] = ()


_items: dict[tuple[str, str], NavItem] = {}


def register(*items: NavItem) -> None:
    """Add entries; called in `AppConfig.ready`. The same area and url_name again takes the earlier one's place."""
    for item in items:
        if item.area not in AREAS:
            raise ValueError(f"no navigation area {item.area!r}: one of {', '.join(AREAS)}")
        _items[item.area, item.url_name] = item


def items_of(area: str) -> list[NavItem]:
    """The entries of an area in their order."""
    return sorted((item for item in _items.values() if item.area == area), key=lambda item: (item.order, item.url_name))
