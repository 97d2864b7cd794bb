"""The card of a member: a QR code that says where their book is."""

from __future__ import annotations

import segno
from django.http import HttpRequest
from django.urls import reverse

from tenant_apps.bank_sampah.models import Member


def card_address(request: HttpRequest, member: Member) -> str:
    """What the code says: an address, so that any phone's camera leads somewhere."""
    return request.build_absolute_uri(reverse("bank_sampah:card_read", args=[member.card]))


def qr_of(text: str) -> str:
    """The code as an SVG in a data address."""
    return str(segno.make(text, error="m", micro=False).svg_data_uri(scale=5, border=3, light="#fff"))
