"""The payer's page: the code, the amount, until when, and whether it has been paid."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from uuid import UUID

import segno
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.payments.hooks import payable_of
from tenant_apps.payments.models import Payment, PaymentState, WarungQris
from tenant_apps.payments.outgoing import ask_how_it_stands
from tenant_apps.payments.selectors import own_payment, payload_to_pay
from tenant_apps.payments.services.receiving import claim_paid
from tenants.access import signed_in
from tenants.kernel import clock


@signed_in
@never_cache
@require_safe
def page(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """The page asks again by itself; without a script, the link does."""
    payment = own_payment(request.member, public_id)
    stand = _stand(payment)
    if request.headers.get("HX-Request"):
        if request.GET.get("seen", "") == stand:
            return HttpResponse(status=204)
        return render(request, "payments/_stand.html", _shown(payment, stand))
    return render(request, "payments/pay.html", _shown(payment, stand))


@signed_in
@require_POST
def claim(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """ "I have paid": the owner is told, or the provider asked."""
    payment = claim_paid(payment=own_payment(request.member, public_id), by=request.member.actor)
    if payment.provider and payment.state == PaymentState.PENDING:
        with transaction.atomic():
            ask_how_it_stands(payment, why=f"{clock.now():%Y%m%d%H%M}")
    if payment.state == PaymentState.PENDING:
        messages.success(request, _("Thank you. This page changes as soon as the money is confirmed."))
    return redirect("payments:pay", payment.public_id)


@signed_in
@never_cache
@require_safe
def picture(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """The code as a picture, for the gallery of the phone that also holds the banking app."""
    payment = own_payment(request.member, public_id)
    payload = payload_to_pay(payment)
    if not payload:
        raise Http404("no code to pay")
    out = BytesIO()
    segno.make(payload, error="m", micro=False).save(out, kind="png", scale=10, border=4)
    answer = HttpResponse(out.getvalue(), content_type="image/png")
    answer.headers["Content-Disposition"] = f'attachment; filename="qris-{payment.number}.png"'
    return answer


def _stand(payment: Payment) -> str:
    """Everything that the page shows, in one word: the same word, the same page."""
    told = "denied" if payment.denied_at else "claimed" if payment.claimed_at else ""
    code = "code" if payment.payload else ""
    over = "over" if payment.expires_at and payment.expires_at <= clock.now() else ""
    return f"{payment.state}.{payment.held}.{told}.{code}.{over}"


def _shown(payment: Payment, stand: str) -> dict[str, object]:
    found = payable_of(payment.reference)
    waits = payment.state == PaymentState.PENDING
    payload = payload_to_pay(payment)
    own = None if payment.provider or not waits else WarungQris.objects.filter(warung=payment.warung).first()
    return {
        "payment": payment,
        "stand": stand,
        "waits": waits,
        "over": waits and _minutes(payment.expires_at) <= 0,
        "minutes": _minutes(payment.expires_at),
        "code": _drawn(payload) if payload else "",
        "merchant": own.merchant_name if own else "",
        "back": found.address(payment.reference) if found else "/",
    }


def _drawn(payload: str) -> str:
    return str(segno.make(payload, error="m", micro=False).svg_data_uri(scale=6, border=4, light="#fff"))


def _minutes(until: datetime | None) -> int:
    if until is None:
        return 0
    return -int((clock.now() - until).total_seconds() // 60)
