"""The Satker is told that changes wait: at its own address and inside the app, once a day at most."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from tenant_apps.accounts.models import Role
from tenant_apps.notifications.services import notice
from tenant_apps.satker.selectors import the_satker
from tenant_apps.suppliers.models import AdoptionChange, ChangeState
from tenant_apps.suppliers.selectors import today_here
from tenants.identity.models import User
from tenants.identity.phones import PhoneRefused, clean_phone
from tenants.kernel import clock
from tenants.outbox.letters import letter
from tenants.outbox.services import Message, put_all

# What was found after a day's letter is told of the next day; an unanswered change is told of twice, then it only waits.
NEWS = timedelta(days=1)


def tell_of_changes() -> None:
    """Where something new waits, each officer finds a notice and the Satker gets a letter; a second time that day, nothing."""
    waiting = AdoptionChange.objects.filter(state=ChangeState.PROPOSED).aggregate(
        count=Count("pk"), last=Max("found_at")
    )
    if not waiting["count"] or waiting["last"] < clock.now() - NEWS:
        return
    officers = list(User.objects.filter(role_grants__role=Role.SATKER, is_active=True).order_by("pk"))
    notices = [_notice(officer, waiting["count"]) for officer in officers]
    put_all([*notices, *_letters(officers, waiting["count"])])


def _notice(officer: User, count: int) -> Message:
    with override(officer.language):
        subject, body = _words(count)
        return notice(
            user=officer,
            subject=subject,
            body=body,
            path=reverse("suppliers:changes"),
            dedupe=f"suppliers.changes.{today_here()}.{officer.public_id}",
        )


def _letters(officers: list[User], count: int) -> list[Message]:
    """One to the Satker's own address, or else one to each officer."""
    satker = the_satker()
    try:
        phone = clean_phone(satker.phone) if satker.phone else ""
    except PhoneRefused:
        # A land line gets no short texts.
        phone = ""
    readers = [("satker", "id", satker.email, phone)]
    if not satker.email and not phone:
        readers = [(str(one.public_id), one.language, one.email, one.proven_phone) for one in officers]
    found: list[Message] = []
    for name, language, email, number in readers:
        with override(language):
            subject, body = _words(count)
            dedupe = f"suppliers.changes.{today_here()}.letter.{name}"
            path = reverse("suppliers:changes")
            found += letter(email=email, phone=number, subject=subject, body=body, path=path, dedupe=dedupe)
    return found


def _words(count: int) -> tuple[str, str]:
    subject = _("Changes of suppliers that wait for your answer: %(count)s.") % {"count": count}
    return subject, _("Say for each whether you take it, refuse it, or take it from the next cycle on.")
