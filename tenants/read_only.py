"""A region that may be read and not changed: unpaid beyond grace, or stopped by central operations.

Default deny: while it lasts, whatever a view would change is refused, unless the view is `open_while_read_only`. What must
never be withheld is open: signing in and out, one's own savings, the books, exports and one's own data. Work that has
begun goes on: tasks and what waits in the outbox finish what was promised before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tenants.context import current_region, region_is_bound
from tenants.kernel import clock
from tenants.kernel.errors import DomainError
from tenants.locks import locked_region
from tenants.middleware import refused
from tenants.models import ReadOnlyBecause, Region

View = TypeVar("View", bound=Callable[..., Any])

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class RegionReadOnly(DomainError):
    """Nothing may be changed in this region for now."""

    code = "region_read_only"
    status = 423


def open_while_read_only(view: View) -> View:
    """Declare that this view may change something even so: what people must never be kept from."""
    view.open_while_read_only = True  # type: ignore[attr-defined]
    return view


def must_not_be_read_only() -> None:
    """Raises:  RegionReadOnly while the bound region is."""
    if current_region().read_only_because:
        raise RegionReadOnly(
            _(
                "This region can only be read for now, so nothing was changed."
                " Savings can still be taken out, and the books and exports are open."
            )
        )


class ReadOnlyMiddleware:
    """Refuses what would change something in a region that is read-only. Stands behind AudienceMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.method in SAFE or not region_is_bound() or getattr(view, "open_while_read_only", False):
            return None
        try:
            must_not_be_read_only()
        except RegionReadOnly as refusal:
            tell = getattr(view, "tell_refusal", refused)
            answer: HttpResponse = tell(request, refusal)
            return answer
        return None


def make_read_only(*, region: Region, because: ReadOnlyBecause) -> bool:
    """From its commit on, every process lets people read this region and change nothing. False if it was so for this reason.

    Called on the platform.
    """
    with transaction.atomic():
        row = locked_region(region)
        if because in row.read_only_because:
            return False
        row.read_only_because = sorted({*row.read_only_because, str(because)})
        row.read_only_since = row.read_only_since or clock.now()
        row.save(update_fields=["read_only_because", "read_only_since"])
    region.read_only_because, region.read_only_since = row.read_only_because, row.read_only_since
    return True


def lift_read_only(*, region: Region, because: ReadOnlyBecause) -> bool:
    """This reason no longer keeps the region from being changed; another one may. False if it did not. Called on the platform."""
    with transaction.atomic():
        row = locked_region(region)
        if because not in row.read_only_because:
            return False
        row.read_only_because = [one for one in row.read_only_because if one != because]
        row.read_only_since = row.read_only_since if row.read_only_because else None
        row.save(update_fields=["read_only_because", "read_only_since"])
    region.read_only_because, region.read_only_since = row.read_only_because, row.read_only_since
    return True
