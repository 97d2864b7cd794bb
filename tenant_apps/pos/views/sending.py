"""What the script of the kasir asks: goods with prices, a fresh token, and a place to send sales to."""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.payments.models import WarungQris
from tenant_apps.pos.batches import MOST_SALES, apply_sale
from tenant_apps.pos.selectors import bons_of, goods_of, owed_by
from tenant_apps.warungs.counter import CounterRequest, at_counter
from tenants.context import current_region

# The Satker's people stand at its Fresh Food stand alone.
at_the_warung = roles_only(Role.OWNER, Role.STAFF, Role.SATKER)


@at_the_warung
@never_cache
@require_safe
@at_counter
def goods(request: CounterRequest) -> HttpResponse:
    """The warung's price list for selling without network; 304 while the phone's own is the newest."""
    warung = request.counter.warung
    customers = list(bons_of(warung).filter(closed_at=None))
    owed = owed_by(customers)
    told = {
        "warung": str(warung.public_id),
        "goods": [asdict(good) for good in goods_of(warung)],
        "customers": [
            {"id": str(one.public_id), "name": one.name, "room": max(one.limit - owed[one.pk], 0)} for one in customers
        ],
        "qris": WarungQris.objects.filter(warung=warung).exists(),
    }
    text = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False)
    etag = f'"{sha256(text.encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(text, content_type="application/json")
    answer["ETag"] = etag
    return answer


@at_the_warung
@never_cache
@require_safe
@at_counter
def token(request: CounterRequest) -> HttpResponse:
    """Who is signed in, and a token with which this person may send: a page from a cache has an old one."""
    told = {
        "user": str(request.member.user.public_id),
        "region": str(current_region().public_id),
        "token": get_token(request),
    }
    return JsonResponse(told)


@at_the_warung
@never_cache
@require_POST
def send(request: RegionRequest) -> HttpResponse:
    """Each sale is applied once and answered for itself; those of another person are not touched."""
    try:
        body: Any = json.loads(request.body)
    except (ValueError, RecursionError):
        return _refused("unreadable", _("This message cannot be read."), 400)
    sales = body.get("sales") if isinstance(body, dict) else None
    if not isinstance(sales, list) or not 1 <= len(sales) <= MOST_SALES:
        return _refused("unreadable", _("This message cannot be read."), 400)
    if body.get("region") != str(current_region().public_id):
        return _refused("other_region", _("These sales belong to another region."), 409)
    if body.get("user") != str(request.member.user.public_id):
        return _refused("other_person", _("These sales were written down by somebody else, who has to sign in."), 409)
    return JsonResponse({"results": [apply_sale(item, request.member) for item in sales]})


def _refused(code: str, reason: str, status: int) -> HttpResponse:
    return JsonResponse({"code": code, "reason": reason}, status=status)
