"""Behind proxies of ours the visitor's address is what the outermost of them saw. Limits count by it."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class ProxyMiddleware:
    """REMOTE_ADDR is the visitor's. Setting PROXIES says how many proxies of ours stand in front; each adds one address on the right.

    What the visitor wrote to the left of those is not believed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = request.META.pop("HTTP_X_FORWARDED_FOR", "").split(",")
        if 0 < settings.PROXIES <= len(told):
            # A health check from inside brings none.
            with suppress(ValueError):
                request.META["REMOTE_ADDR"] = str(ipaddress.ip_address(told[-settings.PROXIES].strip()))
        return self.get_response(request)
