"""How often somebody may ask, counted per region in the cache."""

from __future__ import annotations

from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from tenant_apps.api.models import ApiToken
from tenants.kernel import clock
from tenants.limits import within_limit

MINUTE = 60
# Phones of a whole kecamatan share one network address: only a machine reaches this.
ANONYMOUS = 1_200
PERSON = 600
KEY = 300


class Throttle(BaseThrottle):
    """A key, and the person behind all their keys; for visitors the network address."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            who = get_client_ip(request._request) or "unknown"
            return within_limit("api.address", who, most=ANONYMOUS, seconds=MINUTE)
        if isinstance(request.auth, ApiToken) and not within_limit(
            "api.key", str(request.auth.pk), most=KEY, seconds=MINUTE
        ):
            return False
        return within_limit("api.person", str(request.user.pk), most=PERSON, seconds=MINUTE)

    def wait(self) -> float:
        return MINUTE - clock.now().timestamp() % MINUTE
