"""A member comes, opens books, and leaves."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from lokal import parse_nik

from tenant_apps.bank_sampah.errors import BadEntry, BookNotEmpty
from tenant_apps.bank_sampah.locks import lock_books_of, lock_member
from tenant_apps.bank_sampah.models import Member, MemberKind, SavingsBook, WasteUnit
from tenant_apps.bank_sampah.models.members import new_card
from tenant_apps.bank_sampah.selectors.books import books_of
from tenant_apps.bank_sampah.services.accounts import of_book
from tenant_apps.bank_sampah.services.collecting import give_up_pickups
from tenant_apps.bank_sampah.services.standing import must_be_active
from tenant_apps.privacy.services import note_consent
from tenants.context import current_region
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.moves import move
from tenants.kernel.numbers import save_numbered

# Of the words that a member agrees to (templates/bank_sampah/_consent.html); new words, new version.
CONSENT = "2026-12"
PURPOSE = "waste_savings"


def join(
    *,
    unit: WasteUnit,
    name: str,
    by: str,
    agrees: bool,
    kind: MemberKind = MemberKind.PERSON,
    phone: str = "",
    nik: str = "",
    user: User | None = None,
    rw: int | None = None,
    rt: int | None = None,
    address: str = "",
) -> Member:
    """Somebody becomes a member, with a book that is free to be spent.

    Raises:  BadEntry without a name or without consent, for what is no NIK, and for a person who is a member already.
    Writes:  the member, their consent, their first book.
    """
    name = name.strip()[:120]
    if not name:
        raise BadEntry(_("Write down the member's name."))
    if not agrees:
        raise BadEntry(_("Without consent to what is kept, no book can be opened."))
    now = clock.now()
    try:
        with transaction.atomic():
            made = save_numbered(
                Member(
                    unit=unit,
                    kind=kind,
                    name=name,
                    phone=phone.strip()[:20],
                    nik=_clean_nik(nik),
                    user=user,
                    rw=rw,
                    rt=rt if rw else None,
                    address=address.strip()[:240],
                    consent_version=CONSENT,
                    consent_at=now,
                    joined_at=now,
                    by=by,
                )
            )
            note_consent(subject=made.public_id, purpose=PURPOSE, version=CONSENT, by=by)
            _opened(SavingsBook(member=made, opened_at=now, by=by))
    except IntegrityError as refused:
        if "user" in str(refused):
            raise BadEntry(_("This person is a member already.")) from refused
        if "member_nik_once" in str(refused):
            raise BadEntry(_("A member with this NIK is here already.")) from refused
        raise
    return made


def open_book(*, member: Member, purpose: str, bound_until: date | None, by: str) -> SavingsBook:
    """One more book, for a purpose; bound to a day, it is paid out from that day on.

    Raises:  BadEntry; MemberClosed.
    """
    purpose = " ".join(purpose.split())[:60]
    if not purpose:
        raise BadEntry(_("Write down what this book is for."))
    if bound_until is not None and bound_until <= clock.today(current_region().time_zone):
        raise BadEntry(_("The day from which it is paid out must be to come."))
    with transaction.atomic():
        member = lock_member(member)
        must_be_active(member)
        if member.books.filter(purpose__iexact=purpose).exists():
            raise BadEntry(_("There is a book for this purpose already."))
        return _opened(
            SavingsBook(member=member, purpose=purpose, bound_until=bound_until, opened_at=clock.now(), by=by)
        )


def change_member(
    *,
    member: Member,
    name: str,
    phone: str | None = None,
    nik: str | None = None,
    rw: int | None = None,
    rt: int | None = None,
    address: str = "",
) -> Member:
    """Another name or place; another telephone or NIK where one is given, none for "". None leaves them as they are.

    Raises:  BadEntry.
    """
    if not name.strip():
        raise BadEntry(_("Write down the member's name."))
    member.name, member.address = name.strip()[:120], address.strip()[:240]
    member.rw, member.rt = rw, rt if rw else None
    changed = ["name", "address", "rw", "rt"]
    if phone is not None:
        member.phone = phone.strip()[:20]
        changed.append("phone")
    if nik is not None:
        member.nik = _clean_nik(nik)
        changed.append("nik")
    try:
        with transaction.atomic():
            member.save(update_fields=changed)
    except IntegrityError as refused:
        if "member_nik_once" in str(refused):
            raise BadEntry(_("A member with this NIK is here already.")) from refused
        raise
    return member


def agree(*, member: Member, by: str) -> Member:
    """The member agrees to the words as they are now. Agreeing again changes nothing."""
    with transaction.atomic():
        member = lock_member(member)
        if member.consent_version != CONSENT:
            member.consent_version, member.consent_at = CONSENT, clock.now()
            member.save(update_fields=["consent_version", "consent_at"])
            note_consent(subject=member.public_id, purpose=PURPOSE, version=CONSENT, by=by)
    return member


def give_new_card(*, member: Member) -> Member:
    """The card that was lost opens nothing any more."""
    member.card = new_card()
    member.save(update_fields=["card"])
    return member


def link_user(*, member: Member, user: User) -> Member:
    """The member sees their books when they sign in.

    Raises:  BadEntry where either belongs to somebody else already.
    """
    with transaction.atomic():
        member = lock_member(member)
        if member.user_id == user.pk:
            return member
        if member.user_id is not None:
            raise BadEntry(_("This member is linked to another account."))
        if Member.objects.filter(user=user).exists():
            raise BadEntry(_("This person is a member already."))
        member.user = user
        member.save(update_fields=["user"])
    return member


def close_member(*, member: Member, by: str, reason: str = "") -> Member:
    """Nothing more is saved.

    States:  ACTIVE -> CLOSED. Closing twice changes nothing.
    Raises:  BookNotEmpty while a book holds something, or a payout waits.
    """
    with transaction.atomic():
        member = lock_member(member)
        give_up_pickups(member=member, by=by, reason=reason)
        lock_books_of(member)
        if any(row.holds or row.reserved for row in books_of(member)):
            raise BookNotEmpty(_("There are savings in a book, or a payout waits. Pay them out first."))
        move(member, "close", by=by, reason=reason)
    return member


def reopen_member(*, member: Member, by: str) -> Member:
    """They save again.

    States:  CLOSED -> ACTIVE.
    """
    with transaction.atomic():
        move(member, "reopen", by=by)
    return member


def _clean_nik(text: str) -> str:
    """The sixteen digits; "" for nothing.

    Raises:  BadEntry for what no NIK looks like. Source: the form of a NIK (Permendagri 102/2019), as lokal-id checks it.
    """
    if not text.strip():
        return ""
    found = parse_nik(text)
    if not found.valid or not found.nik:
        raise BadEntry(_("No NIK looks like this: it has sixteen digits. Compare it with the card."))
    return str(found.nik)


def _opened(book: SavingsBook) -> SavingsBook:
    """The book with its account, so that looking at it opens nothing."""
    save_numbered(book)
    of_book(book)
    return book
