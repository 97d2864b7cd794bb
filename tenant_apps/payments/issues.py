"""The queue of what a person has to look at."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from tenant_apps.payments.models import IssueKind, NextStep, Payment, PaymentEvent, PaymentIssue
from tenants.kernel import clock

# What can be done about each, by its name and as the button says it; the first is the usual one.
STEPS: dict[str, dict[str, str | Promise]] = {
    NextStep.TELL_PAYER: {"told": gettext_lazy("The payer knows")},
    NextStep.REST_OR_BACK: {
        "take_rest": gettext_lazy("Take the rest in cash"),
        "end": gettext_lazy("Cancel and give back"),
    },
    NextStep.LOOK_AT_PHONE: {
        "money_came": gettext_lazy("The money came"),
        "nothing_came": gettext_lazy("Nothing came"),
    },
    NextStep.ASK_PROVIDER: {"returned_there": gettext_lazy("Returned at the provider")},
    NextStep.SETTLE_WITH_PAYER: {"agreed": gettext_lazy("Agreed with the payer")},
    NextStep.RETURN_BY_HAND: {"returned": gettext_lazy("The money is sent back")},
}


def raise_issue(
    *,
    key: str,
    kind: IssueKind,
    next_step: NextStep,
    amount: int,
    payment: Payment | None = None,
    event: PaymentEvent | None = None,
) -> PaymentIssue:
    """Somebody has to look at this, once for its `key`: the owner for money on their own QRIS, the Satker otherwise."""
    own = payment is not None and not payment.provider
    issue, _fresh = PaymentIssue.objects.get_or_create(
        key=key[:160],
        defaults={
            "kind": kind,
            "next_step": next_step,
            "payment": payment,
            "event": event,
            "warung": payment.warung if payment is not None and own else None,
            "amount": amount,
            "created_at": clock.now(),
        },
    )
    return issue


def close_issues(payment: Payment, kind: IssueKind, *, step: str, by: str, note: str = "") -> int:
    """What was open of this kind is done."""
    return (
        open_issues()
        .filter(payment=payment, kind=kind)
        .update(done_at=clock.now(), done_by=by, step_taken=step, note=note[:240])
    )


def open_issues() -> QuerySet[PaymentIssue]:
    return PaymentIssue.objects.filter(done_at=None)
