"""A customer's number, as far as WARSA may know it: its end, and a blind index that tells two of them apart."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from tenant_apps.agent_banking.errors import BadEntry, PrivateNumber
from tenant_apps.agent_banking.private_numbers import digits_of, looks_like_card, masked
from tenants import signing
from tenants.errors import BadToken
from tenants.personal.keys import keys_of

# A meter of a small PDAM has six digits, an IBAN-like account at most twenty.
DIGITS = range(6, 21)
_SALT = "warsa.agent_banking.customer"
_KIND = "agent-customer"
# As long as somebody may sit before a form that was refused.
_KEPT_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class CustomerNumber:
    """`indexes`: by the key of today first, then by those that are being replaced."""

    mask: str
    indexes: tuple[str, ...]


def customer_number(text: str) -> CustomerNumber:
    """The number as it may be kept; what was written is forgotten here.

    Raises:  BadEntry for what is no number; PrivateNumber for a card.
    """
    digits = digits_of(text)
    if len(digits) not in DIGITS:
        raise BadEntry(_("Write the customer's number: 6 to 20 digits."))
    if looks_like_card(digits):
        raise PrivateNumber(_("This looks like a card number. WARSA keeps none: write the account number."))
    return CustomerNumber(masked(digits), tuple(_index(key, digits) for key in keys_of(_SALT)))


def sealed(number: CustomerNumber) -> str:
    """The number for a form that comes back, so that nobody types it twice and no page shows it."""
    return signing.dumps(_KIND, [number.mask, *number.indexes])


def unsealed(text: str) -> CustomerNumber | None:
    """None for what is none of ours, of another region or too old."""
    try:
        mask, *indexes = signing.loads(_KIND, text, max_age=_KEPT_FOR)
    except (BadToken, ValueError, TypeError):
        return None
    return CustomerNumber(mask, tuple(indexes))


def _index(key: bytes, digits: str) -> str:
    return hmac.new(key, digits.encode(), hashlib.sha256).hexdigest()
