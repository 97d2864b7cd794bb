"""`make run`: everything on this machine, reached by *.localhost, which browsers hold to be a secure origin."""

from __future__ import annotations

from warsa.settings import env
from warsa.settings.base import *

BASE_HOST = "localhost"
SITE_SCHEME = "http"
SITE_PORT_SUFFIX = f":{env.number('WARSA_PORT', 8000)}"
SHOW_GALLERY = True
MAILBOX_DIR = env.text("WARSA_MAILBOX_DIR", "")
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
