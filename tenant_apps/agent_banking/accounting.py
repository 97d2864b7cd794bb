"""How a transaction or a move changes the books of an agent. Debit positive, whole rupiah. See docs/agent-banking.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tenant_apps.agent_banking.models import Agent, FeeRule, FeeWay, MoveKind, TransactionKind
from tenant_apps.ledger.models import Account
from tenant_apps.ledger.services import Posting, account_of_agent, account_of_satker
from tenant_apps.satker.models import Satker


@dataclass(frozen=True)
class Effect:
    """What drawer and float gain (below zero: lose), and whose the fee is."""

    cash: int
    deposit: int
    fee: int
    bank_share: int
    commission: int

    @property
    def lines(self) -> dict[str, int]:
        return {
            "cash": self.cash,
            "float": self.deposit,
            "fees": self.bank_share - self.fee,
            "bank_share": -self.bank_share,
            "commission_due": self.commission,
            "commission": -self.commission,
        }


def effect_of(kind: TransactionKind, rule: FeeRule, amount: int) -> Effect:
    """What a transaction of this amount does. One that hands out cash gains float, and the other way round."""
    cash, deposit = kind.cash_sign * amount, -kind.cash_sign * amount
    if kind.fee_way == FeeWay.ACCOUNT:
        deposit += rule.customer_fee
    else:
        cash += rule.customer_fee
    return Effect(cash, deposit, rule.customer_fee, rule.bank_share, rule.commission)


# What a move does to the agent's books, per rupiah; where the Satker is a party, when it has confirmed.
DONE: Mapping[MoveKind, Mapping[str, int]] = {
    MoveKind.OWNER_TO_FLOAT: {"float": 1, "capital": -1},
    MoveKind.FLOAT_TO_OWNER: {"float": -1, "capital": 1},
    MoveKind.OWNER_TO_CASH: {"cash": 1, "capital": -1},
    MoveKind.CASH_TO_OWNER: {"cash": -1, "capital": 1},
    MoveKind.CASH_TO_BANK: {"cash": -1, "float": 1},
    MoveKind.BANK_TO_CASH: {"float": -1, "cash": 1},
    MoveKind.SHARE_TO_BANK: {"float": -1, "bank_share": 1},
    MoveKind.COMMISSION_CAME: {"float": 1, "commission_due": -1},
    MoveKind.SATKER_TO_FLOAT: {"float": 1, "satker_debt": -1, "satker_owed": 1, "satker:bank": -1},
    MoveKind.SATKER_TO_CASH: {"cash": 1, "satker_debt": -1, "satker_owed": 1, "satker:cash": -1},
    MoveKind.FLOAT_TO_SATKER: {"transit": -1, "satker_debt": 1, "satker_owed": -1, "satker:bank": 1},
    MoveKind.CASH_TO_SATKER: {"transit": -1, "satker_debt": 1, "satker_owed": -1, "satker:cash": 1},
}
# What leaves for the Satker leaves at once, and comes back where the Satker refuses it.
SENT: Mapping[MoveKind, Mapping[str, int]] = {
    MoveKind.FLOAT_TO_SATKER: {"float": -1, "transit": 1},
    MoveKind.CASH_TO_SATKER: {"cash": -1, "transit": 1},
}
# The books that a transaction, a move or a closing can touch, in the order in which they are opened.
BOOKS = (
    *("cash", "float", "transit", "fees", "bank_share", "commission_due", "commission"),
    *("capital", "satker_debt", "satker_owed", "cash_difference", "float_difference"),
)


def postings_of(agent: Agent, lines: Mapping[str, int], satker: Satker | None = None) -> list[Posting]:
    """The lines on the agent's accounts; "satker:cash" is the Satker's own."""
    return [Posting(_account(agent, book, satker), amount) for book, amount in sorted(lines.items()) if amount]


def times(amount: int, sides: Mapping[str, int]) -> dict[str, int]:
    return {book: sign * amount for book, sign in sides.items()}


def balances_of(agent: Agent, books: Iterable[str] = ("cash", "float")) -> dict[str, int]:
    """Balances, debit positive; 0 for an account that nobody opened yet. One query."""
    codes = {f"agent:{agent.warung_id}:{book}": book for book in books}
    found = dict(Account.objects.filter(code__in=codes).values_list("code", "balance"))
    return {book: found.get(code, 0) for code, book in codes.items()}


def _account(agent: Agent, book: str, satker: Satker | None) -> Account:
    owner, _colon, own = book.partition(":")
    if owner == "satker":
        if satker is None:
            raise ValueError(f"{book} without a Satker")
        return account_of_satker(satker, own)
    return account_of_agent(agent.warung, book)
