"""Whose address is it: reads of the bound schema.

Anybody may type any address; only who has proven it holds it. A person who has proven nothing yet may still sign in with
what they typed, to prove it then.
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import Cast

from tenants.identity.models import User
from tenants.personal.sealing import indexes_of

# Each candidate costs a password hash, and anybody may make candidates.
MOST_UNPROVEN = 5

UNPROVEN = Q(email="", phone_verified=False)


def owner_of_email(email: str) -> User | None:
    """The person who has proven this address."""
    return User.objects.filter(email=email.lower()).exclude(email="").first()


def owner_of_phone(phone: str) -> User | None:
    """The person who has proven this number (E.164)."""
    # Code of before numbers were sealed leaves an old index beside a new number: the number itself decides.
    return next((user for user in with_phone(phone).filter(phone_verified=True) if user.phone == phone), None)


def holders_of_email(email: str) -> list[User]:
    """Who may sign in with this address: its owner, or else those who typed it and have proven nothing."""
    owner = owner_of_email(email)
    if owner is not None:
        return [owner]
    typed = EmailAddress.objects.filter(email=email.lower(), verified=False).values("user")
    return _likeliest(User.objects.filter(UNPROVEN, pk__in=typed))


def holders_of_phone(phone: str) -> list[User]:
    """Who may sign in with this number (E.164): its owner, or else those who typed it and have proven nothing."""
    owner = owner_of_phone(phone)
    return [owner] if owner is not None else _likeliest(with_phone(phone).filter(UNPROVEN))


def with_phone(phone: str) -> QuerySet[User]:
    """Everybody who has this number (E.164), proven or not; nobody for none."""
    # Of a release before numbers were sealed, until `warsa reseal` has been here: plain, and without an index.
    as_stored = Q(stored_phone=phone)
    rows = User.objects.alias(stored_phone=Cast("phone", TextField())).exclude(phone="")
    return rows.filter(Q(phone_index__in=indexes_of(phone)) | as_stored)


def pending_email(user: User) -> str:
    """The address that this person typed and has not proven yet, or nothing."""
    row = EmailAddress.objects.filter(user=user, verified=False).order_by("pk").last()
    return row.email if row else ""


def _likeliest(people: QuerySet[User]) -> list[User]:
    """Whoever was in before, then the newest: a stranger who types the same number later does not push them out."""
    return list(people.order_by(F("last_login").desc(nulls_last=True), "-pk")[:MOST_UNPROVEN])
