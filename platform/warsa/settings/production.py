"""Production: refuses to start with anything that is only good for a demonstration."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from tenants.observing.log_settings import configuration
from warsa.settings import env
from warsa.settings.base import *
from warsa.settings.base import (
    BASE_HOST,
    CONNECTORS_ON_LOOPBACK,
    MIDTRANS_URL,
    OTLP_URL,
    PERSONAL_KEYS,
    SECRET_KEY,
    STRIPE_KEY,
    STRIPE_WEBHOOK_SECRETS,
)

if len(SECRET_KEY) < 50 or SECRET_KEY.startswith(("embedded", "test", "django-insecure")):
    raise ImproperlyConfigured("WARSA_SECRET_KEY: give at least 50 random characters")
if env.flag("WARSA_DEBUG", False):
    raise ImproperlyConfigured("WARSA_DEBUG=true has no place in production")
if env.text("WARSA_BASE_HOST", "") in ("", "localhost") or "." not in BASE_HOST:
    raise ImproperlyConfigured("WARSA_BASE_HOST: name the host of the platform site, for example warsa.example")
if not PERSONAL_KEYS or any(len(key) < 50 for key in PERSONAL_KEYS):
    raise ImproperlyConfigured("WARSA_PERSONAL_KEYS: give at least 50 random characters, the newest key first")
if SECRET_KEY in PERSONAL_KEYS:
    raise ImproperlyConfigured("WARSA_PERSONAL_KEYS: another key than WARSA_SECRET_KEY, for the two are changed apart")
for _name, _why in {
    "WARSA_STRIPE_URL": "the stand-in of Stripe is for trials",
    "WARSA_MAILBOX_DIR": "the mailbox of this machine is for trials",
    "WARSA_PROVISIONING_PAUSE_MS": "it is for trials",
}.items():
    if env.text(_name, ""):
        raise ImproperlyConfigured(f"{_name} has no place in production: {_why}")
if STRIPE_KEY and not STRIPE_WEBHOOK_SECRETS:
    raise ImproperlyConfigured("WARSA_STRIPE_WEBHOOK_SECRET: Stripe's events cannot be verified without it")
if STRIPE_KEY and ("_live_" in STRIPE_KEY) is env.flag("WARSA_STRIPE_TEST_MODE", False):
    raise ImproperlyConfigured(
        "WARSA_STRIPE_KEY: production takes a key with _live_; a staging site takes a test key with WARSA_STRIPE_TEST_MODE=true"
    )
if CONNECTORS_ON_LOOPBACK:
    raise ImproperlyConfigured(
        "WARSA_CONNECTORS_ON_LOOPBACK=true has no place in production: suppliers are on the internet"
    )
if not MIDTRANS_URL.startswith("https://"):
    raise ImproperlyConfigured("WARSA_MIDTRANS_URL: write https://…, for payments go there")
if OTLP_URL and not OTLP_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured("WARSA_OTLP_URL: write http://collector:4318 or https://…")
if not env.flag("WARSA_TLS", True):
    raise ImproperlyConfigured("WARSA_TLS=false: cookies need TLS in production")

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True

# Machines ask these from inside, where there is no TLS; a redirect would look like health to them.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]

LOGGING = configuration(as_json=True)
