"""People put away what central operations announced."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from shared_apps.care.services.announcing import dismiss
from tenant_apps.accounts.access import RegionRequest
from tenants.access import signed_in
from tenants.read_only import open_while_read_only
from tenants.support import open_to_support


@signed_in
@open_while_read_only
@open_to_support
@require_POST
def put_away(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """This person sees it no more, here and on their other devices."""
    dismiss(public_id=public_id, person=request.member.user.public_id)
    wanted = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return redirect(wanted if allowed else "/")
