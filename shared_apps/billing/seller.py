"""Who issues invoices, as the settings say; copied into each paper, which never changes with them."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _
from lokal.npwp import parse_npwp
from lokal.terbilang import terbilang

from shared_apps.billing.errors import SellerUnknown
from shared_apps.supplier_catalog.models import Tax
from shared_apps.supplier_catalog.taxes import rate_on, tax_on

# From the issue of an invoice; government offices pay after the goods are received and the papers are checked.
TERMS_DAYS = 30
QUOTATION_DAYS = 30


def seller() -> dict[str, str]:
    """Name, NPWP, address and bank account.

    Raises:  SellerUnknown while one of them is not set.
    """
    told: dict[str, str] = dict(settings.BILLING_SELLER)
    if missing := [name for name, value in told.items() if not value]:
        raise SellerUnknown(
            _("Invoices cannot be issued: set WARSA_BILLING_%(names)s first.") % {"names": ", ".join(missing).upper()}
        )
    return told


def is_npwp(text: str) -> bool:
    """Whether it has the form of an NPWP, old or new."""
    return bool(parse_npwp(text).valid)


def ppn(amount: int, on: date) -> int:
    """PPN on top of this price, in whole rupiah. Source: `shared_apps.supplier_catalog.taxes`."""
    return tax_on(amount, Tax.ADDED, on)


def ppn_percent(on: date) -> str:
    """What it comes to, as a decimal: "11" for 12 % of 11/12."""
    part, whole = rate_on(on).fraction
    return f"{part * 100 / whole:.4f}".rstrip("0").rstrip(".")


def ppn_note(on: date) -> str:
    """How it was reckoned, for the paper."""
    rate = rate_on(on)
    if rate.base == rate.of:
        return _("PPN %(percent)s%%") % {"percent": rate.percent}
    return _("PPN %(percent)s%% of %(base)s/%(of)s of the price (PMK 131/2024)") % {
        "percent": rate.percent,
        "base": rate.base,
        "of": rate.of,
    }


def in_words(amount: int) -> str:
    """1500000 -> "Satu juta lima ratus ribu rupiah", as papers in Indonesia have it."""
    return str(terbilang(amount, currency=True, case="sentence"))
