"""Entries of the navigation for services that not every region offers."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from tenant_apps.satker.models import ServiceSetting

_ASKED = "_services_offered"


def when_offered(code: str) -> Callable[[HttpRequest], bool]:
    """For `NavItem.when`: the region offers this service. All entries of a page ask the database once."""

    def offered(request: HttpRequest) -> bool:
        found: frozenset[str] | None = getattr(request, _ASKED, None)
        if found is None:
            found = frozenset(ServiceSetting.objects.filter(enabled=True).values_list("code", flat=True))
            setattr(request, _ASKED, found)
        return code in found

    return offered
