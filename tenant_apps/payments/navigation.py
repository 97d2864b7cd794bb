"""The entries of this app in the work areas."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenant_apps.accounts.access import Role
from tenant_apps.payments.models import Method, Payment, PaymentIssue, PaymentState
from tenant_apps.warungs.selectors import warungs_of
from tenants.kernel.navigation import NavItem, register


def _waiting_at_counter(request: HttpRequest) -> int:
    """Payers who say that they paid."""
    member = getattr(request, "member", None)
    if member is None or not member.is_signed_in:
        return 0
    rows = Payment.objects.filter(state=PaymentState.PENDING, method=Method.QRIS, provider="", claimed_at__isnull=False)
    return rows.filter(warung__in=warungs_of(member)).count()


def _open_at_satker(request: HttpRequest) -> int:
    return PaymentIssue.objects.filter(done_at=None, warung=None).count()


COUNTER = frozenset({str(Role.OWNER), str(Role.STAFF), str(Role.SATKER)})
OFFICE = frozenset({str(Role.SATKER), str(Role.ADMIN)})

register(
    NavItem("toko", _("Payments"), "payments:of_warung", "qr-code", order=25, roles=COUNTER, count=_waiting_at_counter),
    NavItem("satker", _("Payments"), "payments:issues", "wallet", order=60, roles=OFFICE, count=_open_at_satker),
)
