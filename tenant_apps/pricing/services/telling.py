"""What a citizen is told about a claim, in their own language: by mail, or by a short text to a number that is theirs."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from tenant_apps.pricing.models import ClaimState, PriceClaim
from tenants.kernel.money import rupiah_text
from tenants.outbox.letters import letter
from tenants.outbox.services import put_all


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
        path, phone = reverse("pricing:own_claim", args=[claim.public_id]), user.proven_phone
        put_all(letter(email=user.email, phone=phone, subject=subject, body=body, path=path, dedupe=dedupe))
