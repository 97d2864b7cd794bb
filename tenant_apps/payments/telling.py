"""What an owner is told of money, in their own language."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from tenant_apps.payments.models import Payment
from tenants.context import current_region
from tenants.hosts import region_url
from tenants.kernel.money import rupiah_text
from tenants.outbox.services import put_mail, put_sms


def tell_owner_of_claim(payment: Payment) -> None:
    """Somebody says that they paid by the warung's QRIS: look at the phone."""
    owner = payment.warung.owner
    if owner is None:
        return
    with override(owner.language):
        subject = _("Was %(total)s paid for %(number)s? Look at your QRIS app.") % {
            "total": rupiah_text(payment.amount),
            "number": payment.number,
        }
        look = region_url(current_region(), reverse("payments:of_warung"))
        body = _("The customer says that it is paid. Confirm it here, or say that it did not come: %(address)s") % {
            "address": look
        }
        dedupe = f"payment.claim:{payment.reference}:{payment.claimed_at:%Y%m%d%H%M%S}"
        if owner.email:
            put_mail(to=owner.email, subject=subject, body=f"{body}\n", dedupe=dedupe)
        elif owner.phone and owner.phone_verified:
            put_sms(to=owner.phone, body=f"{subject} {look}", dedupe=dedupe)
