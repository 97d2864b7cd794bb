"""The card of a member: a QR code that says where their book is."""

from __future__ import annotations

import re

import segno
from django.http import HttpRequest
from django.urls import reverse

from tenant_apps.bank_sampah.models import Member
from tenant_apps.bank_sampah.selectors.books import member_of_card

# What a card's code says, at the end of its address.
_CARD = re.compile(r"(?:.*/)?([A-Za-z0-9_-]{16})/?")


def card_address(request: HttpRequest, member: Member) -> str:
    """What the code says: an address, so that any phone's camera leads somewhere."""
    return request.build_absolute_uri(reverse("bank_sampah:card_read", args=[member.card]))


def qr_of(text: str) -> str:
    """The code as an SVG in a data address."""
    return str(segno.make(text, error="m", micro=False).svg_data_uri(scale=5, border=3, light="#fff"))


def member_typed(typed: str) -> Member | None:
    """The one member whose card was scanned, or whose number was typed."""
    card = _CARD.fullmatch(typed)
    if card is not None and (found := member_of_card(card[1])) is not None:
        return found
    return Member.objects.filter(number=typed.upper()).first() if len(typed) == 6 else None
