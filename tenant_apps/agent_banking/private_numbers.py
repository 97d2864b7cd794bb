"""What WARSA never keeps: card and account numbers, and what somebody signs in to a bank with.

`found_in` judges texts that people write; `masked` keeps the end of a number; `without_private` cleans a table of the bank.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from enum import Enum

CARD_DIGITS = range(13, 20)
ACCOUNT_DIGITS = 8


class Private(Enum):
    CARD = "card"
    ACCOUNT = "account"
    SIGN_IN = "sign_in"


# Digits that are written apart: "4111 1111-1111.1111", "0812/3456/7890".
_RUN = re.compile(r"[0-9](?:[ .,:;/_\-]{0,3}[0-9])*")
_MONEY = re.compile(r"(?<![0-9a-z])(?:rp|idr)\.? ?[0-9]{1,3}(?:\.[0-9]{3}){1,3}(?:,-|,00)?(?![.,]?[0-9])")
_DAY = re.compile(
    r"(?<![0-9])(?<![0-9][ .,:;/_\-])(?:(?P<d>[0-9]{1,2})[-/.](?P<m>[0-9]{1,2})[-/.](?P<y>20[0-9]{2})"
    r"|(?P<y2>20[0-9]{2})-(?P<m2>[0-9]{2})-(?P<d2>[0-9]{2}))"
    # With a time of day, as tables have it.
    r"(?:[ ,t]+[0-2]?[0-9][.:][0-5][0-9](?:[.:][0-5][0-9])?)?(?![ .,:;/_\-]{0,3}[0-9])"
)
_WORDS = r"pin|otp|cvv2?|cvc2?|pass ?word|passcode|kata ?sandi|sandi|kode ?(?:otp|verifikasi|rahasia|akses)|m-?pin|token ?masuk"
# With an ending: "pinnya 123456"; but no "pinjam 500".
_SECRET_WORD = rf"(?<![a-z])(?:{_WORDS})(?:nya|ku|mu)?(?![a-z])"
_FEW = r"[0-9](?:[ .,:;/_\-]{0,3}[0-9]){2,}"
_SECRET = re.compile(rf"{_SECRET_WORD}[^0-9]{{0,24}}{_FEW}|{_FEW}[^0-9]{{0,24}}{_SECRET_WORD}")


def found_in(text: str) -> Private | None:
    """What of it may not be kept; None for a text that may. Amounts like Rp 10.000.000 and days may stand there."""
    plain = _plain(text)
    if _SECRET.search(plain):
        return Private.SIGN_IN
    rest = _DAY.sub(_without_real_day, _MONEY.sub(" x ", plain))
    worst: Private | None = None
    for run in _RUN.findall(rest):
        digits = re.sub(r"[^0-9]", "", run)
        if _holds_card(digits):
            return Private.CARD
        if len(digits) >= ACCOUNT_DIGITS:
            worst = Private.ACCOUNT
    return worst


def looks_like_card(digits: str) -> bool:
    """Whether the digits as a whole are a card number of a known network: for references, which are long by nature."""
    own = (
        digits[:1] in ("3", "4", "5", "6")
        or ("2221" <= digits[:4] <= "2720" and len(digits) == 16)
        # Cards of BNI and GPN (Indonesia's own network).
        or digits[:4] in ("1946", "9360")
    )
    return own and len(digits) in CARD_DIGITS and passes_luhn(digits)


def passes_luhn(digits: str) -> bool:
    """Source:  ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def digits_of(text: str) -> str:
    """The digits of a number as people write it, without what stands between; "" for what is no number."""
    plain = _plain(text).strip()
    return re.sub(r"[^0-9]", "", plain) if re.fullmatch(r"[0-9 .\-+/]+", plain) else ""


def masked(digits: str) -> str:
    """Four stars and the end: four digits of eight or more, else two."""
    return "****" + digits[-4 if len(digits) >= ACCOUNT_DIGITS else -2 :]


def without_private(text: str) -> str:
    """A cell of a table with every card and account number masked. Amounts and days stay."""
    plain = _plain(text)
    if found_in(plain) is None:
        return text
    kept = {found.span() for found in _MONEY.finditer(plain)} | {
        found.span() for found in _DAY.finditer(plain) if _is_day(found)
    }

    def hidden(found: re.Match[str]) -> str:
        if any(start <= found.start() < end for start, end in kept):
            return found[0]
        digits = re.sub(r"[^0-9]", "", found[0])
        return masked(digits) if len(digits) >= ACCOUNT_DIGITS else found[0]

    cleaned = _RUN.sub(hidden, plain)
    return _SECRET.sub("****", cleaned)


def _plain(text: str) -> str:
    """Small letters, digits of every script as 0 to 9, and nothing that cannot be seen."""
    signs = []
    for sign in unicodedata.normalize("NFKC", text):
        if unicodedata.category(sign) == "Cf":
            continue
        digit = unicodedata.digit(sign, None)
        signs.append(str(digit) if digit is not None else " " if sign.isspace() else sign)
    return re.sub(" +", " ", re.sub("[\u2010-\u2015\u2212]", "-", "".join(signs))).casefold()


def _holds_card(digits: str) -> bool:
    """Also within a longer run: "1 4111…1111" is one run of digits."""
    return any(
        passes_luhn(digits[start : start + length])
        for length in CARD_DIGITS
        for start in range(len(digits) - length + 1)
    )


def _is_day(found: re.Match[str]) -> bool:
    year, month, day = (int(found[part] or found[f"{part}2"]) for part in "ymd")
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _without_real_day(found: re.Match[str]) -> str:
    return " x " if _is_day(found) else found[0]
