"""The accounts of the waste bank: a unit's and a savings book's."""

from __future__ import annotations

from typing import Literal

from tenant_apps.bank_sampah.models import SavingsBook, WasteUnit
from tenant_apps.ledger.models import Account
from tenant_apps.ledger.services import account_of_savings, account_of_waste_unit

UnitBook = Literal["stock", "transit", "cash", "owed", "committee", "sales", "cost", "shrink", "shared"]


def of_unit(unit: WasteUnit, book: UnitBook) -> Account:
    return account_of_waste_unit(unit.pk, unit.name, book)


def of_book(book: SavingsBook, part: Literal["book", "reserved"] = "book") -> Account:
    return account_of_savings(book.pk, book.number, part)
