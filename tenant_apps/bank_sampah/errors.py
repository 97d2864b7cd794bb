"""Why something is not weighed in, paid out or taken back."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class BadEntry(DomainError):
    """A number that cannot be, or words that are missing."""

    code = "bad_entry"
    status = 400


class NotTaken(DomainError):
    """The unit is closed, the waste is not taken, or has no price."""

    code = "not_taken"


class MemberClosed(DomainError):
    """Nothing more is written in this member's books."""

    code = "member_closed"


class BookNotEmpty(DomainError):
    """A member leaves with nothing in any book, and nothing waiting."""

    code = "book_not_empty"


class SavingsShort(DomainError):
    """The book holds less than was asked for."""

    code = "savings_short"


class SavingsBound(DomainError):
    """The book is kept for a purpose until a day."""

    code = "savings_bound"


class OutsideTerms(DomainError):
    """Too little, too much in a day, or not on this day of the month."""

    code = "outside_terms"


class CashShort(DomainError):
    """There is less in the cash box."""

    code = "cash_short"


class PinWeak(DomainError):
    """No six digits, or too easy ones."""

    code = "pin_weak"
    status = 400


class PinMissing(DomainError):
    """The member has set no PIN yet."""

    code = "pin_missing"


class PinWrong(DomainError):
    """Not the member's PIN."""

    code = "pin_wrong"
    status = 403


class PinLocked(DomainError):
    """Too many wrong tries."""

    code = "pin_locked"
    status = 429


class SlipSpent(DomainError):
    """What was saved by a slip is spent: it can no longer be taken back."""

    code = "slip_spent"


class WasteGone(DomainError):
    """What was weighed in has left the store, or there is less of it than asked for."""

    code = "waste_gone"


class NotCollected(DomainError):
    """The unit does not come by on that day, or not to that place."""

    code = "not_collected"


class PickupOnce(DomainError):
    """The member asked for that day already."""

    code = "pickup_once"


class RoundBegun(DomainError):
    """The unit's people have set off, or were there."""

    code = "round_begun"
