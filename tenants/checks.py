"""System checks: settings that would open a hole stop the start."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def isolation_settings(**kwargs: Any) -> list[CheckMessage]:
    """Every setting that the isolation of regions leans on."""
    wrong: list[CheckMessage] = []

    def must(ok: bool, text: str, number: int) -> None:
        if not ok:
            wrong.append(Error(text, id=f"warsa.E{number:03}"))

    must(settings.DATABASES["default"]["ENGINE"] == "tenants.backend", "DATABASES must use tenants.backend", 1)
    must("tenants.routers.RegionGuard" in settings.DATABASE_ROUTERS, "RegionGuard must be a database router", 2)
    # What stands before it looks at no more than who sent a request, and how long it takes.
    first = next(
        name for name in settings.MIDDLEWARE if not name.startswith(("tenants.proxies.", "tenants.observing."))
    )
    must(first == "tenants.middleware.SiteMiddleware", "SiteMiddleware must come first", 3)
    must("tenants.access.AudienceMiddleware" in settings.MIDDLEWARE, "AudienceMiddleware is missing", 4)
    must(settings.SESSION_ENGINE == "tenants.sessions", "sessions must be the region's own", 5)
    for name in ("SESSION_COOKIE", "CSRF_COOKIE"):
        must(getattr(settings, f"{name}_NAME").startswith("__Host-"), f"{name}_NAME must start with __Host-", 6)
        must(getattr(settings, f"{name}_DOMAIN") is None, f"{name}_DOMAIN must stay unset", 7)
        must(getattr(settings, f"{name}_PATH") == "/", f"{name}_PATH must be /", 8)
        must(getattr(settings, f"{name}_SECURE") is True, f"{name}_SECURE must be on", 9)
    must(not getattr(settings, "SHOW_PUBLIC_IF_NO_TENANT_FOUND", False), "unknown hosts must stay unknown", 10)
    must(not getattr(settings, "TENANT_LIMIT_SET_CALLS", False), "TENANT_LIMIT_SET_CALLS keeps stale paths", 11)
    must(not settings.USE_X_FORWARDED_HOST, "the Host header alone names the site", 12)
    for alias, cache in settings.CACHES.items():
        must(cache.get("KEY_FUNCTION") == "tenants.cache.region_key", f"cache {alias} must key by region", 13)
    return wrong
