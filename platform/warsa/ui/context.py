"""What every page shell knows: the region, the person, where they can go, light or dark."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from shared_apps.billing.desk import Notice, notice
from shared_apps.care.announcements import announced_to, words_of
from shared_apps.care.memory import Told
from shared_apps.operations.access import OPERATORS
from shared_apps.operations.supervision import is_supervisor
from shared_apps.supplier_catalog.access import words_for_navigation
from shared_apps.support.models import SupportAccess
from shared_apps.support.selectors import running
from tenant_apps.accounts.models import Role
from tenants.context import region_is_bound
from tenants.kernel.navigation import ANONYMOUS, AREAS, OPERATOR, SIGNED_IN, SUPERVISOR, NavItem, items_of

THEMES = ("light", "dark")
WORK_AREAS = ("toko", "satker", "wilayah", "pemasok", "pembina", "operator")
# A phone's bar holds five taps that a thumb can tell apart.
TABS = 5
LABELS: dict[str, str | Promise] = {
    "platform": _("WARSA"),
    "shop": _("Shop"),
    "toko": _("My warung"),
    "satker": _("Satker"),
    "wilayah": _("Region"),
    "pemasok": _("Supplier"),
    "pembina": _("Supervision"),
    "operator": _("Operator"),
}


@dataclass(frozen=True)
class Entry:
    """One navigation entry, ready to be shown."""

    label: str | Promise
    url: str
    icon: str
    current: bool
    count: int


@dataclass(frozen=True)
class NavArea:
    """An area with the entries that this person may use."""

    name: str
    label: str | Promise
    entries: list[Entry]

    @property
    def url(self) -> str:
        return self.entries[0].url

    @property
    def tabs(self) -> list[Entry]:
        return self.entries[:TABS] if len(self.entries) <= TABS else self.entries[: TABS - 1]

    @property
    def more(self) -> list[Entry]:
        """What finds no room in the bar of a phone."""
        return self.entries[len(self.tabs) :]


class Navigation:
    """The entries by area, worked out only when a template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._areas: dict[str, NavArea] = {}

    def __getitem__(self, area: str) -> NavArea:
        if area not in AREAS:
            raise KeyError(area)
        if area not in self._areas:
            self._areas[area] = NavArea(area, LABELS[area], self._entries(area))
        return self._areas[area]

    @cached_property
    def roles(self) -> frozenset[str]:
        """What the person is here: roles of the region; on the platform, operator or member of a supplier."""
        user = getattr(self._request, "user", None)
        if user is None or not user.is_authenticated:
            return frozenset({ANONYMOUS})
        own = {SIGNED_IN, *(str(role) for role in getattr(getattr(self._request, "member", None), "roles", ()))}
        if getattr(self._request, "region", None) is None:
            own |= words_for_navigation(self._request)
            if OPERATORS.allows(self._request):
                own.add(OPERATOR)
            if is_supervisor(self._request):
                own.add(SUPERVISOR)
        return frozenset(own)

    @cached_property
    def work(self) -> list[NavArea]:
        """The areas of work that this person may enter."""
        return [self[area] for area in WORK_AREAS if self[area].entries]

    @cached_property
    def here(self) -> NavArea:
        """The area of work that this page is part of, or else the person's first."""
        for area in self.work:
            if any(entry.current for entry in area.entries):
                return area
        return self.work[0] if self.work else self["shop"]

    def _entries(self, area: str) -> list[Entry]:
        seen = [(item, url) for item in items_of(area) if self._may_see(item) and (url := _address(item)) is not None]
        path = self._request.path
        # The longest address that the path lies under is where the person is; "/" is only the first page itself.
        places = [(address, item) for item, url in seen for address in (url, *_also(item))]
        under = [one for one in places if path == one[0] or (one[0] != "/" and path.startswith(one[0]))]
        _place, nearest = max(under, key=lambda one: len(one[0]), default=("", None))
        # A page that an entry names is its own, wherever its address lies.
        match = self._request.resolver_match
        here = next((item for item, _url in seen if match and match.view_name in item.also), nearest)
        return [
            Entry(item.label, url, item.icon, item is here, item.count(self._request) if item.count else 0)
            for item, url in seen
        ]

    def _may_see(self, item: NavItem) -> bool:
        allowed = not item.roles or bool(item.roles & self.roles)
        return allowed and (item.when is None or item.when(self._request))


def _address(item: NavItem) -> str | None:
    """None on a site without that page."""
    return _reversed(item.url_name)


def _also(item: NavItem) -> list[str]:
    return [url for name in item.also if (url := _reversed(name)) is not None]


def _reversed(name: str) -> str | None:
    return _reversed_in(get_urlconf(), name)


@cache
def _reversed_in(urlconf: str | None, name: str) -> str | None:
    """Each page asks for the same few again; the sites' addresses never change while a process lives."""
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return None


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `region`, `member`, `nav`, `theme`, and `site_shell` for pages that both kinds of site show."""
    theme = request.COOKIES.get("theme", "")
    region = getattr(request, "region", None)
    return {
        "region": region,
        "site_shell": "ui/shell_region.html" if region else "ui/shell_platform.html",
        "member": getattr(request, "member", None),
        "nav": Navigation(request),
        "theme": theme if theme in THEMES else "",
        "billing_notice": SimpleLazyObject(partial(_billing_notice, request)),
        # Asked only where a page of work shows it.
        "support_inside": lambda: _support_inside(request),
        "announced": lambda: _announced(request),
    }


def _announced(request: HttpRequest) -> list[tuple[Told, str]]:
    """What central operations tell this person here, with the words in their language. Asked once a page."""
    member = getattr(request, "member", None)
    if member is None or not region_is_bound():
        return []
    known: list[tuple[Told, str]] | None = getattr(request, "_announced", None)
    if known is None:
        person = member.user.public_id if member.is_signed_in else None
        told = announced_to(roles=lambda: member.roles, person=person)
        known = request._announced = [(one, words_of(one)) for one in told]  # type: ignore[attr-defined]
    return known


def _support_inside(request: HttpRequest) -> list[SupportAccess]:
    """Operators who can look into this region now, for its admins to know."""
    roles: frozenset[Role] = getattr(getattr(request, "member", None), "roles", frozenset())
    return running() if Role.ADMIN in roles else []


def _billing_notice(request: HttpRequest) -> Notice | None:
    """What the region's admins and its Satker are to know of its subscription; asked by pages of work alone."""
    roles: frozenset[Role] = getattr(getattr(request, "member", None), "roles", frozenset())
    return notice() if roles & {Role.ADMIN, Role.SATKER} else None
