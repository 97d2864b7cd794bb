"""What a citizen is told about a claim, in their own language: by mail, or by a short text to a number that is theirs."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from tenant_apps.pricing.models import ClaimState, PriceClaim
from tenants.context import current_region
from tenants.hosts import region_url
from tenants.kernel.money import rupiah_text
from tenants.outbox.services import put_mail, put_sms


def tell_claimant(claim: PriceClaim) -> None:
    """The person learns what was decided, once."""
    user, dedupe = claim.user, f"claim.{claim.public_id}.{claim.state}"
    with override(user.language):
        names = {"product": claim.product_name, "amount": rupiah_text(claim.amount), "reason": claim.decision}
        if claim.state == ClaimState.ACCEPTED:
            subject = _("%(amount)s for %(product)s is on your WARSA balance.") % names
            body = _("You saw it cheaper elsewhere, and the difference is yours. Thank you for telling us.")
        else:
            subject = _("Your claim for %(product)s was not accepted.") % names
            body = _("The reason: %(reason)s") % names
        address = region_url(current_region(), reverse("pricing:own_claim", args=[claim.public_id]))
        look = _("Look at it here: %(address)s") % {"address": address}
        if user.email:
            put_mail(to=user.email, subject=" ".join(subject.split()), body=f"{body}\n\n{look}\n", dedupe=dedupe)
        elif user.phone and user.phone_verified:
            put_sms(to=user.phone, body=f"{subject} {look}", dedupe=dedupe)
