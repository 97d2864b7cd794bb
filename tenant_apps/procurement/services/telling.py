"""What the other side is told, in its own language: by mail, or by a short text to a number that is theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override

from tenant_apps.accounts.access import Role
from tenant_apps.procurement.models import RestockRequest
from tenants.identity.models import User
from tenants.identity.phones import PhoneRefused, clean_phone
from tenants.kernel.money import rupiah_text
from tenants.outbox.letters import letter
from tenants.outbox.services import put_all


@dataclass(frozen=True)
class News:
    """A subject, which is also the short text, and what the mail says below it."""

    subject: str | Promise
    body: str | Promise


@dataclass(frozen=True)
class Reader:
    """Somebody who is told: `name` is part of the message's key, so that each is told once."""

    name: str
    language: str
    email: str = ""
    phone: str = ""


TO_SATKER: dict[str, News] = {
    "submit": News(
        gettext_lazy("New restock %(number)s from %(warung)s: %(total)s."),
        gettext_lazy("Accept it, whole or less, or say why you cannot fill it."),
    ),
    "cancel": News(
        gettext_lazy("%(warung)s no longer wants restock %(number)s."),
        gettext_lazy("Nothing was promised yet, so there is nothing to do."),
    ),
    "receive": News(
        gettext_lazy("%(warung)s has received restock %(number)s: %(total)s."),
        gettext_lazy("The amount is booked as paid in cash. What did not arrive is yours again."),
    ),
}
TO_WARUNG: dict[str, News] = {
    "accept": News(
        gettext_lazy("The Satker prepares your restock %(number)s: %(total)s."),
        gettext_lazy("It may be less than you asked for: look at the quantities."),
    ),
    "send": News(
        gettext_lazy("Your restock %(number)s is on the way."),
        gettext_lazy("Count what arrives and write it down. Have %(total)s in cash at hand."),
    ),
    "reject": News(
        gettext_lazy("The Satker cannot fill your restock %(number)s."),
        gettext_lazy("The reason: %(reason)s You pay nothing."),
    ),
    "call_off": News(
        gettext_lazy("The Satker had to call off your restock %(number)s."),
        gettext_lazy("The reason: %(reason)s You pay nothing."),
    ),
}


def tell_satker(request: RestockRequest, step: str) -> None:
    """The Satker learns of a step of the warung, once: at its own address, or else each of its officers."""
    _tell(
        _satker_readers(request), request, TO_SATKER[step], step, reverse("procurement:review", args=[request.number])
    )


def tell_warung(request: RestockRequest, step: str, reason: str = "") -> None:
    """The owner learns of a step of the Satker, once; so does whoever asked."""
    _tell(
        _warung_readers(request),
        request,
        TO_WARUNG[step],
        step,
        reverse("procurement:request", args=[request.number]),
        reason,
    )


def _satker_readers(request: RestockRequest) -> list[Reader]:
    satker = request.satker
    try:
        phone = clean_phone(satker.phone) if satker.phone else ""
    except PhoneRefused:
        # A land line gets no short texts.
        phone = ""
    if satker.email or phone:
        return [Reader("satker", "id", satker.email, phone)]
    return _people(User.objects.filter(role_grants__role=Role.SATKER, is_active=True).order_by("pk"))


def _warung_readers(request: RestockRequest) -> list[Reader]:
    asked_by = request.asked_by.removeprefix("user:")
    people = {request.warung.owner_id: request.warung.owner}
    if asked_by != request.asked_by:
        asker = User.objects.filter(public_id=asked_by).first()
        people.setdefault(asker.pk if asker else None, asker)
    return _people(person for person in people.values() if person is not None and person.is_active)


def _people(users: Iterable[User]) -> list[Reader]:
    return [Reader(str(user.public_id), user.language, user.email, user.proven_phone) for user in users]


def _tell(
    readers: Iterable[Reader], request: RestockRequest, news: News, step: str, path: str, reason: str = ""
) -> None:
    names = {
        "number": request.number,
        "warung": " ".join(request.warung.name.split()),
        "total": rupiah_text(request.total),
        "reason": reason if not reason or reason[-1] in ".!?" else f"{reason}.",
    }
    for reader in readers:
        dedupe = f"restock.{request.number}.{step}.{reader.name}"
        with override(reader.language):
            subject, body = str(news.subject) % names, str(news.body) % names
            put_all(
                letter(email=reader.email, phone=reader.phone, subject=subject, body=body, path=path, dedupe=dedupe)
            )
