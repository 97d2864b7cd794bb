"""Texts that people write: short, and without anything that WARSA never keeps."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from tenant_apps.agent_banking.errors import BadEntry, PrivateNumber
from tenant_apps.agent_banking.private_numbers import Private, found_in, looks_like_card

_REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9/.\-]{3,39}")


def kept_text(text: str, *, most: int = 240) -> str:
    """The text as it may be kept.

    Raises:  PrivateNumber, saying what must go.
    """
    text = " ".join(text.replace("\x00", "").split())[:most]
    found = found_in(text)
    if found is Private.SIGN_IN:
        raise PrivateNumber(_("A PIN, an OTP or a password must never be written down. Take it out."))
    if found is Private.CARD:
        raise PrivateNumber(_("This text holds a card number. Take it out; nobody here may know it."))
    if found is Private.ACCOUNT:
        raise PrivateNumber(_("This text holds a long number, like an account. Write at most its last four digits."))
    return text


def kept_reason(text: str) -> str:
    """A reason, which somebody must have given.

    Raises:  BadEntry without one; PrivateNumber.
    """
    text = kept_text(text)
    if not text:
        raise BadEntry(_("Write down why."))
    return text


def kept_reference(text: str) -> str:
    """The bank's reference in one spelling: capitals, no spaces.

    Raises:  BadEntry; PrivateNumber for a card number.
    """
    told = "".join(text.split()).upper()
    if looks_like_card(re.sub(r"[^0-9]", "", told)):
        raise PrivateNumber(_("This looks like a card number. Write the reference that the device printed."))
    if not _REFERENCE.fullmatch(told):
        raise BadEntry(_("Write the bank's reference as the device printed it: 4 to 40 letters and digits."))
    return told
