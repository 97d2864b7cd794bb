"""Accounts and balanced entries. Debit is positive, credit negative; everything in whole rupiah."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AccountKind(models.TextChoices):
    ASSET = "asset", _("asset")
    LIABILITY = "liability", _("liability")
    INCOME = "income", _("income")
    EXPENSE = "expense", _("expense")
    EQUITY = "equity", _("equity")

    @property
    def sign(self) -> int:
        """1 where a debit makes the account larger, -1 where a credit does."""
        return 1 if self in (AccountKind.ASSET, AccountKind.EXPENSE) else -1


class Account(models.Model):
    """A place for money. `balance` is the sum of its lines (debit positive); the database alone keeps it, whoever books."""

    # Names the account in addresses, where its code would tell the numbers of others.
    public_id = models.UUIDField(null=True, default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    code = models.CharField(_("code"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=9, choices=AccountKind.choices)
    warung = models.ForeignKey(
        "warungs.Warung", null=True, blank=True, on_delete=models.PROTECT, related_name="accounts"
    )
    satker = models.ForeignKey(
        "satker.Satker", null=True, blank=True, on_delete=models.PROTECT, related_name="accounts"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts"
    )
    no_overdraft = models.BooleanField(_("may not be overdrawn"), default=False)
    balance = models.BigIntegerField(_("balance"), default=0, editable=False)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering: ClassVar[list[str]] = ["code"]
        indexes: ClassVar[list[models.Index]] = [models.Index(name="account_by_public_id", fields=["public_id"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="account_kind_known", condition=Q(kind__in=AccountKind.values)),
            # Money that is not there cannot leave: the side on which the account lives never turns.
            models.CheckConstraint(
                name="account_not_overdrawn",
                condition=Q(no_overdraft=False)
                | Q(kind__in=[AccountKind.ASSET, AccountKind.EXPENSE], balance__gte=0)
                | Q(kind__in=[AccountKind.LIABILITY, AccountKind.INCOME, AccountKind.EQUITY], balance__lte=0),
            ),
            models.CheckConstraint(
                name="account_one_owner",
                condition=Q(warung__isnull=True, satker__isnull=True)
                | Q(warung__isnull=True, user__isnull=True)
                | Q(satker__isnull=True, user__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def amount(self) -> int:
        """The balance as its owner reads it: positive on the side where the account lives."""
        return self.balance * AccountKind(self.kind).sign


class JournalEntry(models.Model):
    """Something that happened to money. It is never changed: a correction is an entry that reverses it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The same event finds its entry again instead of booking twice.
    key = models.CharField(max_length=160, unique=True)
    text = models.CharField(_("text"), max_length=240)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=80)
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by")

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return self.text


class JournalLine(models.Model):
    """One side of an entry. At commit the database refuses an entry whose lines do not sum to zero."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lines")
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            # A statement reads one account's lines, newest first.
            models.Index(name="line_of_account", fields=["account", "-id"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="line_says_something", condition=~Q(amount=0)),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+}"


class LedgerProof(models.Model):
    """What a recount of all lines found: one row a night, and whenever somebody asks for it."""

    at = models.DateTimeField(auto_now_add=True)
    entries = models.BigIntegerField(_("entries"))
    lines = models.BigIntegerField(_("lines"))
    accounts = models.BigIntegerField(_("accounts"))
    # [{"what": "balance", "code": …, "kept": …, "counted": …}, …], at most as many as somebody reads.
    differences = models.JSONField(_("differences"), default=list)
    ok = models.BooleanField(_("in order"))

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="proof_is_ok_or_says_why",
                condition=Q(ok=True, differences=[]) | (Q(ok=False) & ~Q(differences=[])),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: {'ok' if self.ok else len(self.differences)}"
