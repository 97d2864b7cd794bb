"""The region's admin sees that archives of their region come back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shared_apps.care.selectors import proofs_here
from tenant_apps.accounts.access import RegionRequest, Role, roles_only


@roles_only(Role.ADMIN)
@require_safe
def backups(request: RegionRequest) -> HttpResponse:
    """The newest trials of restoring this region, with what was compared."""
    proofs = proofs_here()
    return render(request, "region_setup/backups.html", {"proofs": proofs, "newest": proofs[0] if proofs else None})
