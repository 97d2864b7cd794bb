"""The door for suppliers' own programmes: what they did with an order, signed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from shared_apps.exchange.connectors import events, reading, seals
from shared_apps.exchange.models import Connector, ConnectorKind
from shared_apps.exchange.rooms import has_role
from shared_apps.exchange.selectors import order_called
from tenants.access import public_page
from tenants.context import for_supplier
from tenants.kernel.errors import DomainError


@csrf_exempt
@public_page
@never_cache
@require_POST
def receive_event(request: HttpRequest, number: str) -> JsonResponse:
    """One event: 200 applied, 202 waits for what comes before it, 400 and 409 refused, 401 not signed, 404 no such order."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdecimal()) or int(length[:12]) > reading.MOST_BYTES:
        return _no(413, "too_long", f"a body has at most {reading.MOST_BYTES} bytes")
    body = request.body
    connector = _signed_by(request, body)
    if connector is None:
        return _no(401, "bad_signature", "the supplier, the time or the signature is not right")
    organisation = connector.organisation
    with for_supplier(organisation.db_role):
        known = order_called(number) is not None
    if not known:
        return _no(404, "unknown_order", "there is no order with this number")
    try:
        said = reading.read(body)
        reply = events.receive(organisation, number, said, body.decode())
    except DomainError as refused:
        return _no(refused.status, refused.code, str(refused.message))
    return JsonResponse(reply.body, status=reply.status)


def _signed_by(request: HttpRequest, body: bytes) -> Connector | None:
    """Whose message it is. What is asked for here costs the same whether or not the supplier exists."""
    try:
        supplier = UUID(request.headers.get(seals.SUPPLIER, ""))
    except ValueError:
        return None
    connector = (
        Connector.objects.filter(organisation__public_id=supplier, is_active=True, kind=ConnectorKind.HTTP)
        .select_related("organisation")
        .first()
    )
    timestamp, signature = request.headers.get(seals.TIMESTAMP, ""), request.headers.get(seals.SIGNATURE, "")
    if connector is None or not seals.is_sealed(connector.secret, timestamp, signature, body):
        return None
    return connector if has_role(connector.organisation) else None


def _no(status: int, code: str, message: str) -> JsonResponse:
    body: dict[str, Any] = {"status": "refused", "error": {"code": code, "message": message}}
    return JsonResponse(body, status=status)
