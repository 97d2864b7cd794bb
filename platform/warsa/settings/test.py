"""Tests: real PostgreSQL, broker and mail server, given by tests/services.py; quick hashes, plain static files."""

from __future__ import annotations

import tempfile
from pathlib import Path

from warsa.settings import env
from warsa.settings.base import *
from warsa.settings.base import STORAGES

BASE_HOST = "localhost"
SITE_SCHEME = "http"
SITE_PORT_SUFFIX = f":{env.number('WARSA_PORT', 8000)}"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="warsa-media-"))
ARCHIVES_ROOT = Path(tempfile.mkdtemp(prefix="warsa-archives-"))
OWN_HOSTS_MAY_BE_LOCAL = True
# Nobody answers there: a test that looks into the DNS brings a server of its own.
DNS_RESOLVERS = ["127.0.0.1@9"]
SHOW_GALLERY = True
MAILBOX_DIR = env.text("WARSA_MAILBOX_DIR", "")
PROVISIONING_PAUSE = env.number("WARSA_PROVISIONING_PAUSE_MS", 0) / 1000
CONNECTORS_ON_LOOPBACK = True

# Nobody's: so that quotations and invoices can be tried.
BILLING_SELLER = {
    "name": "WARSA (percobaan)",
    "npwp": "01.234.567.8-901.000",
    "address": "Jalan Contoh 1, Palembang",
    "bank": "Bank Contoh",
    "account": "0000000000",
    "holder": "WARSA (percobaan)",
}
