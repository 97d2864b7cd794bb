"""The warung's pages."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only


@require_safe
@roles_only(Role.OWNER, Role.STAFF)
def request_page(request: RegionRequest, number: str) -> HttpResponse:
    return HttpResponse(number)
