"""The books of a region's market: which account each is, on which side it lives, and whether it may be overdrawn."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from tenant_apps.ledger.models import Account, AccountKind


@dataclass(frozen=True)
class Book:
    """What every account of this book is."""

    kind: AccountKind
    no_overdraft: bool
    label: str | Promise


ASSET, LIABILITY, INCOME, EXPENSE = (
    AccountKind.ASSET,
    AccountKind.LIABILITY,
    AccountKind.INCOME,
    AccountKind.EXPENSE,
)

# By "<owner>:<book>", the code of the account without the owner's number. docs/box-belanja.md tells when each is used.
BOOKS: dict[str, Book] = {
    "agent:cash": Book(ASSET, True, _("Drawer of the bank agent")),
    "agent:float": Book(ASSET, True, _("Float at the bank")),
    "agent:transit": Book(ASSET, True, _("On the way to the Satker")),
    "agent:fees": Book(INCOME, False, _("Own fees of the bank agent")),
    "agent:bank_share": Book(LIABILITY, False, _("The bank's share of fees")),
    "agent:commission_due": Book(ASSET, False, _("Commission that the bank owes")),
    "agent:commission": Book(INCOME, False, _("Commission from the bank")),
    "agent:capital": Book(AccountKind.EQUITY, False, _("Put into the agency by the owner")),
    "agent:satker_debt": Book(LIABILITY, False, _("Owed to the Satker for float and cash")),
    "agent:satker_owed": Book(ASSET, False, _("What the agent owes the Satker")),
    "agent:cash_difference": Book(EXPENSE, False, _("Difference of the agent's drawer")),
    "agent:float_difference": Book(EXPENSE, False, _("Difference of the float")),
    "citizen:balance": Book(LIABILITY, True, _("WARSA balance")),
    "courier:cash": Book(ASSET, True, _("Cash on the way")),
    "buyer:advance": Book(ASSET, True, _("Cash with the buyer at the market")),
    "provider": Book(ASSET, False, _("Owed by the payment provider")),
    "region:held": Book(LIABILITY, True, _("Paid for orders not yet handed over")),
    "region:overpaid": Book(ASSET, True, _("Given back twice, to be asked back")),
    "region:guarantee": Book(EXPENSE, False, _("Price guarantee paid")),
    "region:rounding": Book(INCOME, False, _("Rounding")),
    "region:fees": Book(INCOME, False, _("Fees")),
    "satker:cash": Book(ASSET, False, _("Cash of the Satker")),
    "satker:bank": Book(ASSET, False, _("Bank account of the Satker")),
    "satker:sales": Book(INCOME, False, _("Sales of the Satker")),
    "satker:purchases": Book(EXPENSE, False, _("Goods bought from suppliers")),
    "satker:received": Book(LIABILITY, False, _("Received, not invoiced yet")),
    "satker:freight": Book(EXPENSE, False, _("Freight and fees")),
    "savings:book": Book(LIABILITY, True, _("Savings from waste")),
    "savings:reserved": Book(LIABILITY, True, _("Savings asked for, not yet paid out")),
    "supplier:payable": Book(LIABILITY, False, _("Owed to the supplier")),
    "waste:stock": Book(ASSET, True, _("Unsold waste")),
    "waste:transit": Book(ASSET, True, _("Waste on the way")),
    "waste:cash": Book(ASSET, True, _("Cash box of the waste bank")),
    "waste:owed": Book(ASSET, True, _("What buyers of waste owe")),
    "waste:committee": Book(LIABILITY, True, _("Shares of the committee")),
    "waste:sales": Book(INCOME, False, _("Sales of waste")),
    "waste:cost": Book(EXPENSE, False, _("Cost of waste sold")),
    "waste:shrink": Book(EXPENSE, False, _("Shrink of waste")),
    "waste:shared": Book(EXPENSE, False, _("Shares of the proceeds")),
    "warung:cash": Book(ASSET, False, _("Cash drawer")),
    "warung:qris": Book(ASSET, False, _("Money that came by QRIS")),
    "warung:held": Book(LIABILITY, True, _("Paid for orders not yet handed over")),
    "warung:payable": Book(LIABILITY, True, _("What the region owes the warung")),
    "warung:claim": Book(ASSET, False, _("What the warung is owed by the region")),
    "warung:owed": Book(ASSET, True, _("What the warung owes the region")),
    "warung:debt": Book(LIABILITY, False, _("What is owed to the region")),
    "warung:bon": Book(ASSET, True, _("Goods given on credit")),
    "warung:sales": Book(INCOME, False, _("Sales")),
    "warung:delivery": Book(INCOME, False, _("Delivery fees")),
    "warung:returns": Book(INCOME, False, _("Returned goods")),
    "warung:purchases": Book(EXPENSE, False, _("Purchases")),
    "warung:capital": Book(AccountKind.EQUITY, False, _("Put in by the owner")),
    "warung:bank": Book(ASSET, False, _("Brought to the bank")),
    "warung:written_off": Book(EXPENSE, False, _("Bon that nobody pays")),
    "warung:wholesale_debt": Book(LIABILITY, True, _("Owed to the Satker for goods")),
    "warung:wholesale_owed": Book(ASSET, True, _("What the warung owes the Satker for goods")),
    "warung:cash_difference": Book(EXPENSE, False, _("Cash difference")),
}


def book_of(code: str) -> Book | None:
    """The book of an account's code ("warung:17:bon:4" is of "warung:bon"); None for one that this table does not know."""
    owner, _first, rest = code.partition(":")
    if owner == "provider":
        return BOOKS["provider"]
    if owner in ("region", "satker"):
        return BOOKS.get(f"{owner}:{rest}")
    return BOOKS.get(f"{owner}:{rest.partition(':')[2].partition(':')[0]}")


def label_of(account: Account) -> str:
    """What the account is for, in the reader's language; its name where the table does not know it."""
    book = book_of(account.code)
    return account.name if book is None else capfirst(str(book.label))


def holder_of(account: Account) -> str:
    """Whose it is."""
    owner, _first, rest = account.code.partition(":")
    numbered = account.warung_id or owner in ("supplier", "savings", "waste")
    book = rest.partition(":")[2] if numbered else rest
    return account.name.removesuffix(f": {book}")
