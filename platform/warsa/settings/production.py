"""Production: refuses to start with anything that is only good for a demonstration."""

from __future__ import annotations

import sentry_sdk
from django.core.exceptions import ImproperlyConfigured

from warsa.settings import env
from warsa.settings.base import *
from warsa.settings.base import BASE_HOST, PERSONAL_KEYS, SECRET_KEY

if len(SECRET_KEY) < 50 or SECRET_KEY.startswith(("embedded", "test", "django-insecure")):
    raise ImproperlyConfigured("WARSA_SECRET_KEY: give at least 50 random characters")
if env.flag("WARSA_DEBUG", False):
    raise ImproperlyConfigured("WARSA_DEBUG=true has no place in production")
if env.text("WARSA_BASE_HOST", "") in ("", "localhost") or "." not in BASE_HOST:
    raise ImproperlyConfigured("WARSA_BASE_HOST: name the host of the platform site, for example warsa.example")
if not PERSONAL_KEYS or any(len(key) < 50 for key in PERSONAL_KEYS):
    raise ImproperlyConfigured("WARSA_PERSONAL_KEYS: give at least 50 random characters, the newest key first")
if not env.flag("WARSA_TLS", True):
    raise ImproperlyConfigured("WARSA_TLS=false: cookies need TLS in production")

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True

if _dsn := env.text("WARSA_SENTRY_DSN", ""):
    from warsa.reporting import scrub

    sentry_sdk.init(dsn=_dsn, send_default_pii=False, before_send=scrub)
