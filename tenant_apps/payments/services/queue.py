"""A person takes the next step of an issue."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.payments.hooks import payable_of
from tenant_apps.payments.issues import STEPS
from tenant_apps.payments.locks import locked_with_document
from tenant_apps.payments.models import IssueKind, Payment, PaymentIssue, PaymentState
from tenant_apps.payments.services.receiving import confirm_received, deny_received, end_unpaid, go_on
from tenants.kernel import clock
from tenants.kernel.errors import NotAllowed


def take_step(*, issue: PaymentIssue, step: str, by: str, note: str = "") -> PaymentIssue:
    """The issue is done by this step; what the step does to money and document happens with it. Doing it twice changes nothing.

    Raises:  NotAllowed for a step that is not the issue's.
    Writes:  the issue; what `confirm_received`, `go_on` or the end of the payment writes.
    """
    if step not in STEPS[issue.next_step]:
        raise NotAllowed(_("This step does not fit. Look at it again."))
    with transaction.atomic():
        # The payment before the issue, as everywhere.
        payment = locked_with_document(issue.payment) if issue.payment is not None else None
        now = PaymentIssue.objects.select_for_update(no_key=True, of=("self",)).get(pk=issue.pk)
        if now.done_at is not None:
            return now
        if payment is not None:
            _act(payment, step, by)
        now.done_at, now.done_by, now.step_taken, now.note = clock.now(), by, step, note.strip()[:240]
        now.save(update_fields=["done_at", "done_by", "step_taken", "note"])
    return now


def _act(payment: Payment, step: str, by: str) -> None:
    if step == "money_came":
        confirm_received(payment=payment, by=by)
    elif step == "nothing_came":
        deny_received(payment=payment, by=by)
    elif payment.state != PaymentState.PENDING:
        # It went on, or ended, before anybody came to this.
        return
    elif step == "take_rest" and payment.held:
        go_on(payment, by=by)
    elif step == "end":
        end_unpaid(payment, "expire", by=by, reason=str(IssueKind.SHORT.label))
        found = payable_of(payment.reference)
        if found is not None:
            found.expired(payment, by=by)
