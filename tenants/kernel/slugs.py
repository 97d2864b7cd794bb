"""Human addresses of regions: what may stand before the base host."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from tenants.kernel.errors import DomainError

# Letters first, no double or trailing hyphen, so that no IDN ("xn--") or look-alike can be formed.
SLUG = re.compile(r"[a-z](?:[a-z0-9]|-(?=[a-z0-9])){2,29}")

# Hosts that platforms, mail, browsers and attackers expect to mean something.
RESERVED = frozenset(
    [
        "about",
        "account",
        "accounts",
        "admin",
        "administrator",
        "akun",
        "api",
        "app",
        "apps",
        "area",
        "areas",
        "asset",
        "assets",
        "auth",
        "autoconfig",
        "autodiscover",
        "backup",
        "bantuan",
        "beta",
        "billing",
        "blog",
        "bni",
        "broadcasthost",
        "cdn",
        "cek",
        "cloud",
        "console",
        "daftar",
        "dashboard",
        "data",
        "db",
        "demo",
        "dev",
        "dns",
        "docs",
        "email",
        "error",
        "events",
        "files",
        "forum",
        "ftp",
        "gov",
        "help",
        "hostmaster",
        "image",
        "images",
        "imap",
        "indonesia",
        "info",
        "internal",
        "intern",
        "isatap",
        "localdomain",
        "localhost",
        "login",
        "logout",
        "mail",
        "mailer-daemon",
        "masuk",
        "media",
        "metrics",
        "mobile",
        "monitor",
        "mx",
        "nama",
        "news",
        "no-reply",
        "noc",
        "noreply",
        "ns",
        "ns1",
        "ns2",
        "official",
        "operator",
        "operators",
        "pay",
        "pembina",
        "pemasok",
        "ping",
        "platform",
        "pop",
        "pop3",
        "portal",
        "postmaster",
        "private",
        "prod",
        "production",
        "proxy",
        "public",
        "pusat",
        "ralali",
        "register",
        "registry",
        "root",
        "satker",
        "secure",
        "security",
        "server",
        "shop",
        "signup",
        "smtp",
        "ssl",
        "staging",
        "static",
        "stats",
        "status",
        "store",
        "stripe",
        "supplier",
        "suppliers",
        "support",
        "sys",
        "system",
        "test",
        "tes",
        "testing",
        "tls",
        "uji",
        "upload",
        "uploads",
        "usenet",
        "uucp",
        "warsa",
        "warung",
        "web",
        "webhook",
        "webhooks",
        "webmail",
        "webmaster",
        "wilayah",
        "wpad",
        "www",
        "www1",
        "www2",
    ]
)


class SlugRefused(DomainError):
    """The wished address cannot be a region's."""

    code = "slug_refused"


def clean_slug(text: str) -> str:
    """The address as it will stand in the host name.

    Raises:  SlugRefused for a form that is no host label, or a reserved word.
    """
    slug = text.strip().lower()
    if not SLUG.fullmatch(slug):
        raise SlugRefused(_("Use 3 to 30 small letters, digits and single hyphens, starting with a letter."))
    if slug in RESERVED:
        raise SlugRefused(_("This word is reserved. Choose another, for example the name of the kecamatan."))
    return slug
