"""Phone numbers as people type them, and the one form in which they are kept: E.164, "+62812…"."""

from __future__ import annotations

import phonenumbers
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from tenants.kernel.errors import DomainError

HOME = "ID"
HOME_CODE = 62
# Longer texts are no number; the parser need not look at them.
MAX_TYPED = 40


class PhoneRefused(DomainError):
    """The text is not the number of a phone that we would send a short text to."""

    code = "phone_refused"
    status = 400


def clean_phone(typed: str) -> str:
    """ "0812-3456-7890", "62812…" and "+62 812…" all become "+62812…".

    Raises:  PhoneRefused, also for land lines, which get no short texts, and for other countries: anybody may have us send
             a code, and texts to some foreign numbers cost a fortune.
    """
    try:
        if len(typed) > MAX_TYPED:
            raise NumberParseException(NumberParseException.TOO_LONG, "too long")
        number = phonenumbers.parse(typed, HOME)
        if not phonenumbers.is_valid_number(number):
            raise NumberParseException(NumberParseException.NOT_A_NUMBER, "no such number")
    except NumberParseException as wrong:
        raise PhoneRefused(_("This is not a phone number. Write it like 0812 3456 7890.")) from wrong
    if number.country_code != HOME_CODE or phonenumbers.number_type(number) == PhoneNumberType.FIXED_LINE:
        raise PhoneRefused(_("Write the number of an Indonesian mobile phone, like 0812 3456 7890."))
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
