"""What an owner is told of money, in their own language."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from tenant_apps.accounts.models import Role
from tenant_apps.notifications.services import notify
from tenant_apps.payments.models import Payment
from tenant_apps.warungs.models import Kind, Warung
from tenants.identity.models import User
from tenants.kernel.money import rupiah_text
from tenants.outbox.letters import letter
from tenants.outbox.services import put_all


def tell_owner_of_claim(payment: Payment) -> None:
    """Somebody says that they paid by the warung's QRIS: look at the phone."""
    for person in _keepers(payment.warung):
        _tell(person, payment)


def _keepers(warung: Warung) -> list[User]:
    """Who looks at the phone: the owner; at the Fresh Food stand, which nobody owns, the people of the Satker."""
    if warung.owner is not None:
        return [warung.owner]
    if warung.kind != Kind.FRESH:
        return []
    return list(User.objects.filter(role_grants__role=Role.SATKER, is_active=True).order_by("pk"))


def _tell(person: User, payment: Payment) -> None:
    path = reverse("payments:of_warung")
    with override(person.language):
        subject = _("Was %(total)s paid for %(number)s? Look at your QRIS app.") % {
            "total": rupiah_text(payment.amount),
            "number": payment.number,
        }
        ask = _("The customer says that it is paid. Confirm it, or say that it did not come.")
        dedupe = f"payment.claim:{payment.reference}:{payment.claimed_at:%Y%m%d%H%M%S}:{person.pk}"
        notify(user=person, subject=subject, body=ask, path=path, dedupe=dedupe)
        phone = person.proven_phone
        put_all(letter(email=person.email, phone=phone, subject=subject, body=ask, path=path, dedupe=dedupe))
