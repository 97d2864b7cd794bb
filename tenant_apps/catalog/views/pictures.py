"""Pictures of products, for everybody."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from tenant_apps.catalog.photos import open_photo, version_of
from tenant_apps.catalog.selectors import product_for
from tenants.access import public_page


@public_page
@require_safe
def photo(request: HttpRequest, public_id: UUID, size: int, version: str) -> FileResponse:
    """One size of a product's picture. Its address names the picture, so whoever has it need not ask again."""
    product = product_for(public_id)
    found = open_photo(product, size) if version == version_of(product) else None
    if found is None:
        raise Http404("no such picture")
    response = FileResponse(found, content_type="image/webp")
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
