"""The warung's own QRIS code: what its text says, and whether a payer can use it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lokal.qris import QrisInfo, parse_qris

from tenant_apps.payments.errors import BadQris
from tenant_apps.payments.models import WarungQris
from tenant_apps.warungs.models import Warung
from tenants.kernel import clock

# A QR code of the usual size holds less; longer texts are something else.
MOST_TEXT = 600

_BROKEN = gettext_lazy(
    "The text is damaged: part of it is missing or changed. Copy it again, from the first to the last sign."
)
_REASONS: dict[str, str | Promise] = {
    "format": gettext_lazy("This is not the text of a QRIS code. It begins with 000201 and has no gaps."),
    "payload_format": gettext_lazy("This is not the text of a QRIS code. It begins with 000201 and has no gaps."),
    "duplicate": _BROKEN,
    "crc": _BROKEN,
    "crc_missing": _BROKEN,
    "merchant_account": gettext_lazy("The code names no account that is paid."),
    "mcc": gettext_lazy("The code does not say what kind of shop it is for, so banks refuse it."),
    "currency": gettext_lazy("The code is not in rupiah."),
    "country": gettext_lazy("The code is not an Indonesian one."),
    "amount": gettext_lazy("The amount in the code cannot be read."),
    "tip": gettext_lazy("The tip in the code cannot be read."),
    "merchant_name": gettext_lazy("The code does not say whose it is."),
    "merchant_city": gettext_lazy("The code does not say in which city the shop is."),
}


@dataclass(frozen=True)
class ReadCode:
    """What a static code says."""

    payload: str
    merchant_name: str
    merchant_city: str
    nmid: str


def read_code(text: str) -> ReadCode:
    """The static code that this text is.

    Raises:  BadQris with every reason, in the reader's language.
    """
    payload = "".join(text.split("\n")).replace("\r", "").strip()
    if not payload or len(payload) > MOST_TEXT or not payload.isascii() or not payload.isprintable():
        raise _bad([str(_REASONS["format"])])
    info = parse_qris(payload)
    reasons = [str(_REASONS.get(issue.code, _BROKEN)) for issue in info.errors]
    if info.valid:
        reasons = _not_static(info)
    if reasons:
        raise _bad(reasons)
    return ReadCode(payload, info.merchant_name or "", info.merchant_city or "", (info.nmid or "")[:20])


def keep_code(*, warung: Warung, text: str, by: str) -> WarungQris:
    """The owner has seen the merchant's name and says that it is theirs: customers can pay by this code.

    Raises:  BadQris.
    """
    read = read_code(text)
    with transaction.atomic():
        kept, _fresh = WarungQris.objects.update_or_create(
            warung=warung,
            defaults={
                "payload": read.payload,
                "merchant_name": read.merchant_name,
                "merchant_city": read.merchant_city,
                "nmid": read.nmid,
                "verified_at": clock.now(),
                "verified_by": by,
            },
        )
    return kept


def drop_code(*, warung: Warung) -> bool:
    """The warung takes no more QRIS. Codes that are out are still paid and confirmed."""
    with transaction.atomic():
        return bool(WarungQris.objects.filter(warung=warung).delete()[0])


def _not_static(info: QrisInfo) -> list[str]:
    reasons = []
    if info.type == "dynamic" or info.amount is not None:
        reasons.append(
            _("This code is for one payment only, with its amount in it. Take the printed one that hangs in your shop.")
        )
    if any(issue.code == "not_qris" for issue in info.warnings):
        reasons.append(_("This is a payment code, but not a QRIS one."))
    return reasons


def _bad(reasons: list[str]) -> BadQris:
    return BadQris(_("This code cannot be used."), reasons=tuple(dict.fromkeys(reasons)))
