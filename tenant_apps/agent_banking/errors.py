"""Why something of an agent is not recorded, moved, closed or taken in."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class BadEntry(DomainError):
    """A number that cannot be, or a text that is missing."""

    code = "bad_entry"
    status = 400


class PrivateNumber(DomainError):
    """A text holds what WARSA never keeps: a card, an account number, a PIN."""

    code = "private_number"
    status = 400


class NotAnAgent(DomainError):
    """The warung is no agent, or not at work as one."""

    code = "not_an_agent"


class DayNotOpen(DomainError):
    """The agent's day is not in a state for this."""

    code = "day_not_open"


class ReferenceUsed(DomainError):
    """The bank's reference stands on an earlier receipt: `number`, empty where that is of something else."""

    code = "reference_used"

    def __init__(self, message: str, *, number: str = "") -> None:
        super().__init__(message, number=number)
        self.number = number


class KeyReused(DomainError):
    """The same tap came with other content."""

    code = "key_reused"


class OverLimit(DomainError):
    """More than a limit allows. `left` is what it would still allow, in rupiah."""

    code = "over_limit"

    def __init__(self, message: str, *, left: int) -> None:
        super().__init__(message, left=left)
        self.left = left


class NotEnough(DomainError):
    """The drawer or the float holds less than this takes."""

    code = "not_enough"


class NeedsApproval(DomainError):
    """The difference is beyond the tolerance: the Satker decides."""

    code = "needs_approval"


class BadStatement(DomainError):
    """The bank's statement cannot be read as it is."""

    code = "bad_statement"
    status = 400


class ColumnsUnknown(BadStatement):
    """The headings do not tell where day, reference and amount stand. `head` are the headings."""

    code = "columns_unknown"

    def __init__(self, message: str, *, head: list[str]) -> None:
        super().__init__(message, head=head)
        self.head = head
