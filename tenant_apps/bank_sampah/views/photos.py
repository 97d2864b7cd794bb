"""Pictures of waste types: the Satker chooses them, everybody sees them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.bank_sampah.models import WasteGrade
from tenant_apps.bank_sampah.photos import open_photo, remove_photo, set_photo
from tenant_apps.bank_sampah.views.doors import office
from tenants.access import public_page
from tenants.pictures import BadPhoto


@public_page
@require_safe
def photo(request: HttpRequest, size: int, version: str) -> FileResponse:
    """One size of a picture. Its address names the picture, so whoever has it need not ask again."""
    found = open_photo(version, size)
    if found is None:
        raise Http404("no such picture")
    response = FileResponse(found, content_type="image/webp")
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


@office
@require_POST
def change_photo(request: RegionRequest, grade: UUID) -> HttpResponse:
    """Give a type a picture, or take it away; all its grades show it."""
    found = WasteGrade.objects.select_related("type").filter(public_id=grade).first()
    if found is None:
        raise Http404("no such grade")
    sent = request.FILES.get("photo")
    if request.POST.get("remove") == "1":
        remove_photo(kind=found.type)
        messages.success(request, _("The picture is gone."))
    elif sent is None:
        messages.error(request, _("Choose a picture first."))
    else:
        try:
            set_photo(kind=found.type, upload=sent)
        except BadPhoto as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, _("Units and members see the picture now."))
    return redirect("bank_sampah:type", grade)
