"""The bon: goods on credit, paid back bit by bit. What somebody owes is their account in the ledger, never a number here."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenant_apps.ledger.models import JournalEntry
from tenant_apps.ledger.services import Posting, account_of_warung, post
from tenant_apps.pos.errors import BadSale, BonClosed, ReasonMissing
from tenant_apps.pos.locks import lock_bon, lock_counter
from tenant_apps.pos.models import BonCustomer
from tenant_apps.pos.services.selling import MOST_MONEY
from tenant_apps.warungs.models import Warung
from tenants.kernel import clock
from tenants.kernel.money import rupiah_text


def open_bon(*, warung: Warung, name: str, phone: str, limit: int, by: str) -> BonCustomer:
    """Somebody may take goods on credit here, up to `limit` rupiah.

    Raises:  BadSale for a name that another open bon has, and for a limit that is none.
    """
    _must_be_limit(limit)
    return _saved(
        BonCustomer(warung=warung, name=name.strip(), phone=phone.strip(), limit=limit, created_by=by),
        None,
    )


def change_bon(*, customer: BonCustomer, name: str, phone: str, limit: int) -> BonCustomer:
    """Name, telephone and limit are these. A limit below what is owed only stops more from being written down.

    Raises:  BadSale as `open_bon`.
    """
    _must_be_limit(limit)
    with transaction.atomic():
        customer = lock_bon(customer)
        customer.name, customer.phone, customer.limit = name.strip(), phone.strip(), limit
        return _saved(customer, ["name", "phone", "limit"])


def pay_bon(*, customer: BonCustomer, key: UUID, cash: int, qris: int, by: str) -> JournalEntry:
    """Part or all of what they owe is paid. The same key pays once.

    Raises:  BadSale for nothing, or for more than is owed; KeyReused when the key paid something else.
    Writes:  one entry: debit cash and QRIS, credit the bon.
    """
    amount = cash + qris
    if min(cash, qris) < 0 or not 0 < amount <= MOST_MONEY:
        raise BadSale(_("Write down how much is paid."))
    with transaction.atomic():
        warung = lock_counter(customer.warung)
        customer = lock_bon(customer)
        account = account_of_warung(warung, customer.book)
        parts = [(account_of_warung(warung, book), part) for book, part in (("cash", cash), ("qris", qris)) if part]
        reference = f"bon:{customer.pk}:paid:{key}"
        known = JournalEntry.objects.filter(key=reference).exists()
        if not known and amount > account.amount:
            raise BadSale(
                _("%(name)s owes only %(owed)s.") % {"name": customer.name, "owed": rupiah_text(account.amount)}
            )
        return post(
            key=reference,
            text=_("Bon of %(name)s paid") % {"name": customer.name},
            postings=[*(Posting(one, part) for one, part in parts), Posting(account, -amount)],
            by=by,
        )


def write_off_bon(*, customer: BonCustomer, key: UUID, amount: int, reason: str, by: str) -> JournalEntry:
    """So much of what they owe is given up. The same key gives it up once.

    Raises:  ReasonMissing; BadSale for nothing, or for more than is owed.
    Writes:  one entry: debit written_off, credit the bon.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing(_("Write down why this is given up."))
    with transaction.atomic():
        warung = lock_counter(customer.warung)
        customer = lock_bon(customer)
        account, expense = account_of_warung(warung, customer.book), account_of_warung(warung, "written_off")
        reference = f"bon:{customer.pk}:written_off:{key}"
        known = JournalEntry.objects.filter(key=reference).exists()
        if not known and not 0 < amount <= account.amount:
            raise BadSale(
                _("%(name)s owes only %(owed)s.") % {"name": customer.name, "owed": rupiah_text(account.amount)}
            )
        return post(
            key=reference,
            text=_("Bon of %(name)s given up: %(reason)s") % {"name": customer.name, "reason": reason},
            postings=[Posting(expense, amount), Posting(account, -amount)],
            by=by,
        )


def close_bon(*, customer: BonCustomer) -> BonCustomer:
    """Nothing more is written on this bon. Closing twice changes nothing.

    Raises:  BonClosed while something is owed.
    """
    with transaction.atomic():
        customer = lock_bon(customer)
        owed = account_of_warung(customer.warung, customer.book).amount
        if owed:
            raise BonClosed(
                _("%(name)s still owes %(owed)s. It is paid or given up first.")
                % {"name": customer.name, "owed": rupiah_text(owed)}
            )
        if customer.closed_at is None:
            customer.closed_at = clock.now()
            customer.save(update_fields=["closed_at"])
    return customer


def reopen_bon(*, customer: BonCustomer) -> BonCustomer:
    """Goods can be written on this bon again.

    Raises:  BadSale when another open bon has the name now.
    """
    with transaction.atomic():
        customer = lock_bon(customer)
        customer.closed_at = None
        return _saved(customer, ["closed_at"])


def _must_be_limit(limit: int) -> None:
    if not 0 <= limit <= MOST_MONEY:
        raise BadSale(_("Write down a limit of zero or more."))


def _saved(customer: BonCustomer, fields: list[str] | None) -> BonCustomer:
    if not customer.name:
        raise BadSale(_("Write down a name."))
    try:
        with transaction.atomic():
            customer.save(update_fields=fields)
    except IntegrityError as refused:
        if "bon_name_once" not in str(refused):
            raise
        raise BadSale(_("There is an open bon with this name. Add something that tells them apart.")) from refused
    return customer
