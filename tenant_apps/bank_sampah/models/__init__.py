"""Members, their books, what they brought, and what became of it."""

from tenant_apps.bank_sampah.models.deposits import Deposit, DepositLine, DepositState
from tenant_apps.bank_sampah.models.lots import Lot, LotMoveKind, LotMovement
from tenant_apps.bank_sampah.models.members import Member, MemberEvent, MemberKind, MemberState, SavingsBook
from tenant_apps.bank_sampah.models.moving import LossReason, Transfer, TransferLine, TransferState, Work
from tenant_apps.bank_sampah.models.rounds import (
    CollectionException,
    CollectionRound,
    CollectionRule,
    Every,
    Load,
    PickupEvent,
    PickupRequest,
    PickupState,
)
from tenant_apps.bank_sampah.models.selling import SaleState, Settled, WasteSale, WasteSaleLine, WasteSaleShare
from tenant_apps.bank_sampah.models.sums import EarlierSlips, GradeMonth, MemberYear, UnitMonth
from tenant_apps.bank_sampah.models.terms import BankTerms
from tenant_apps.bank_sampah.models.types import Buyer, Composition, Group, Measure, WasteGrade, WastePrice, WasteType
from tenant_apps.bank_sampah.models.units import UnitKind, WasteUnit
from tenant_apps.bank_sampah.models.withdrawals import Way, Withdrawal, WithdrawalEvent, WithdrawalState

__all__ = [
    "BankTerms",
    "Buyer",
    "CollectionException",
    "CollectionRound",
    "CollectionRule",
    "Composition",
    "Deposit",
    "DepositLine",
    "DepositState",
    "EarlierSlips",
    "Every",
    "GradeMonth",
    "Group",
    "Load",
    "LossReason",
    "Lot",
    "LotMoveKind",
    "LotMovement",
    "Measure",
    "Member",
    "MemberEvent",
    "MemberKind",
    "MemberState",
    "MemberYear",
    "PickupEvent",
    "PickupRequest",
    "PickupState",
    "SaleState",
    "SavingsBook",
    "Settled",
    "Transfer",
    "TransferLine",
    "TransferState",
    "UnitKind",
    "UnitMonth",
    "WasteGrade",
    "WastePrice",
    "WasteSale",
    "WasteSaleLine",
    "WasteSaleShare",
    "WasteType",
    "WasteUnit",
    "Way",
    "Withdrawal",
    "WithdrawalEvent",
    "WithdrawalState",
    "Work",
]
