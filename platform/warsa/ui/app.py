"""What makes a region's site an app on a phone: manifest, icons, service worker, the page without network, asset links."""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from tenant_apps.accounts.access import RegionRequest
from tenants.access import public_page
from tenants.context import current_region
from tenants.kernel import clock
from warsa.ui.icons import icon_png

# Name of the address, pixels, and whether launchers may cut it to their own shape.
ICONS: dict[str, tuple[int, bool]] = {
    "ikon-192.png": (192, False),
    "ikon-512.png": (512, False),
    "ikon-penuh-192.png": (192, True),
    "ikon-penuh-512.png": (512, True),
}
THEME, PAPER = "#0b4c44", "#fbf6ec"
WORKER = Path(__file__).with_name("worker.js")


@public_page
@require_safe
def manifest(request: RegionRequest) -> HttpResponse:
    """The region's site as an app: its own name, so that two regions on one phone are told apart."""
    shown = {
        "id": "/",
        "name": current_region().name,
        "short_name": current_region().name[:12].strip(),
        "description": _("Shop at the warungs of your own neighbourhood."),
        "lang": get_language(),
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "orientation": "portrait",
        "theme_color": THEME,
        "background_color": PAPER,
        "categories": ["shopping", "food"],
        "icons": [
            {
                "src": reverse("app_icon", args=[name]),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": "maskable" if filled else "any",
            }
            for name, (size, filled) in ICONS.items()
        ],
        "shortcuts": [
            {"name": str(name), "url": reverse(url), "icons": [{"src": reverse("app_icon", args=["ikon-192.png"]), "sizes": "192x192"}]}
            for name, url in (
                (_("Search"), "orders:search"),
                (_("Cart"), "orders:carts"),
                (_("Orders"), "orders:orders"),
                (_("Till"), "pos:till"),
            )
        ],
    }  # fmt: skip
    return JsonResponse(shown, content_type="application/manifest+json")


@public_page
@require_safe
@cache_control(public=True, max_age=86_400)
def icon(request: HttpRequest, name: str) -> HttpResponse:
    """One of the icons that the manifest names."""
    if name not in ICONS:
        raise Http404("no such icon")
    size, filled = ICONS[name]
    return HttpResponse(icon_png(size, filled=filled), content_type="image/png")


@public_page
@require_safe
def offline(request: RegionRequest) -> HttpResponse:
    """What the phone shows without network where it has kept no page; the same for everybody."""
    return render(request, "ui/offline.html")


@public_page
@require_safe
@cache_control(no_cache=True)
def worker(request: RegionRequest) -> HttpResponse:
    """The service worker, of this version of the site and of this region."""
    shell = [static(name) for name in ("ui/warsa.css", "ui/warsa.js", "ui/mark.svg", "django_htmx/htmx-2.min.js")]
    setup: dict[str, Any] = {
        "shell": [reverse("app_offline"), reverse("app_icon", args=["ikon-192.png"]), *shell],
        "offline": reverse("app_offline"),
        "home": "/",
        "cart": reverse("orders:carts"),
        "warungs": reverse("orders:warungs"),
        "till": reverse("pos:till"),
        "signOut": reverse("account_logout"),
        "language": get_language(),
        "zone": current_region().time_zone,
        "saved": _("Saved at %(time)s; it may have changed since."),
    }
    source = _source()
    told = json.dumps(setup, sort_keys=True)
    version = sha256(f"{current_region().public_id}{told}{source}".encode()).hexdigest()[:16]
    script = f"const VERSION = {json.dumps(version)};\nconst SETUP = {told};\n{source}"
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@lru_cache(maxsize=1)
def _source() -> str:
    return WORKER.read_text("utf-8")


@public_page
@require_safe
def asset_links(request: RegionRequest) -> HttpResponse:
    """Which Android apps may show this site without an address bar; 404 while there is none for this host."""
    today = clock.today(current_region().time_zone)
    apps = [
        one
        for one in settings.ANDROID_APPS
        if one.host == request.get_host().partition(":")[0].lower() and one.since <= today
    ]
    if not apps:
        raise Http404("no app of this host")
    packages = dict.fromkeys(one.package for one in apps)
    links = [
        {
            "relation": ["delegate_permission/common.handle_all_urls"],
            "target": {
                "namespace": "android_app",
                "package_name": package,
                "sha256_cert_fingerprints": [one.fingerprint for one in apps if one.package == package],
            },
        }
        for package in packages
    ]
    return JsonResponse(links, safe=False)
