"""What the device printed is recorded; receipts; what the bank took back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import roles_only
from tenant_apps.agent_banking.access import COUNTER, AgentRequest, at_agent, owner_alone
from tenant_apps.agent_banking.errors import ReferenceUsed
from tenant_apps.agent_banking.forms import RecordForm, ReversalForm
from tenant_apps.agent_banking.models import FeeRule, TransactionKind, TransactionState
from tenant_apps.agent_banking.selectors.agents import (
    day_at_work,
    levels_of,
    transaction_for,
    transactions_of,
)
from tenant_apps.agent_banking.selectors.rules import fee_of, kind_offered, kinds_offered, limits_of
from tenant_apps.agent_banking.services import Told, record_transaction, reverse_transaction
from tenants.forms import asked_text
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

A_PAGE = 25

at_the_warung = roles_only(*COUNTER)
# Where a refusal is shown.
_FIELDS = {
    "over_limit": "amount",
    "not_enough": "amount",
    "reference_used": "reference",
}


@at_the_warung
@never_cache
@require_safe
@at_agent
def kinds(request: AgentRequest) -> HttpResponse:
    """What can be recorded."""
    context = {"kinds": kinds_offered(), "day": day_at_work(request.agent), "levels": levels_of(request.agent)}
    return render(request, "agent_banking/kinds.html", context)


@sensitive_post_parameters("customer", "note", "reference", "customer_name")
@at_the_warung
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_agent
def record(request: AgentRequest, code: str) -> HttpResponse:
    """One transaction of this kind."""
    kind = kind_offered(code)
    rule = fee_of(kind, clock.now())
    if request.method != "POST":
        return _record_page(request, kind, rule, RecordForm(kind, rule=rule.pk if rule else 0))
    form = RecordForm(kind, request.POST)
    if not form.is_valid():
        return _record_page(request, kind, rule, form, status=400)
    told = form.cleaned_data
    seen = FeeRule.objects.filter(kind=kind, pk=told["rule"]).first()
    if seen is None:
        form.add_error(None, _("Nobody has said yet what this kind costs."))
        return _record_page(request, kind, rule, form, status=400)
    try:
        done = record_transaction(
            agent=request.agent,
            key=told["key"],
            told=Told(
                kind=kind,
                rule=seen,
                amount=told["amount"],
                customer=told["customer"],
                reference=told["reference"],
                customer_name=told["customer_name"],
                note=told["note"],
            ),
            by=request.member.actor,
        )
    except DomainError as refused:
        form.add_error(_FIELDS.get(refused.code), refused.message)
        earlier = refused.number if isinstance(refused, ReferenceUsed) else ""
        return _record_page(request, kind, rule, form, status=refused.status, earlier=earlier)
    messages.success(request, _("Recorded. Give the receipt to the customer."))
    return redirect("agent_banking:receipt", done.number)


@at_the_warung
@never_cache
@require_safe
@at_agent
def transactions(request: AgentRequest) -> HttpResponse:
    """Everything that was recorded, newest first."""
    words, state = asked_text(request), request.GET.get("state", "")
    state = state if state in TransactionState.values else ""
    page = Paginator(transactions_of(request.agent, words, state), A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "wanted": words, "state": state, "states": TransactionState.choices}
    return render(request, "agent_banking/transactions.html", context)


@at_the_warung
@never_cache
@require_safe
@at_agent
def receipt(request: AgentRequest, number: str) -> HttpResponse:
    """A receipt, for the screen and for paper of 58 mm."""
    return _receipt_page(request, number, ReversalForm())


@sensitive_post_parameters()
@at_the_warung
@never_cache
@require_POST
@at_agent
@owner_alone
def reverse(request: AgentRequest, number: str) -> HttpResponse:
    """The bank took it back."""
    found = transaction_for(request.agent, number)
    form = ReversalForm(request.POST)
    if not form.is_valid():
        return _receipt_page(request, number, form, status=400)
    told = form.cleaned_data
    try:
        reverse_transaction(
            transaction_=found, reference=told["reference"], reason=told["reason"], by=request.member.actor
        )
    except DomainError as refused:
        form.add_error("reference" if refused.code == "reference_used" else None, refused.message)
        return _receipt_page(request, number, form, status=refused.status)
    messages.success(request, _("Reversed, as at the bank."))
    return redirect("agent_banking:receipt", number)


def _record_page(
    request: AgentRequest,
    kind: TransactionKind,
    rule: FeeRule | None,
    form: RecordForm,
    *,
    status: int = 200,
    earlier: str = "",
) -> HttpResponse:
    context: dict[str, Any] = {
        "kind": kind,
        "rule": rule,
        "form": form,
        "earlier": earlier,
        "day": day_at_work(request.agent),
        "levels": levels_of(request.agent),
        "limits": limits_of(kind, clock.now()),
    }
    return render(request, "agent_banking/record.html", context, status=status)


def _receipt_page(request: AgentRequest, number: str, form: ReversalForm, *, status: int = 200) -> HttpResponse:
    found = transaction_for(request.agent, number)
    context = {
        "transaction": found,
        "form": form,
        "history": found.history.all(),
        "can_reverse": request.counter.is_owner and not found.is_reversed,
        "day": day_at_work(request.agent),
    }
    return render(request, "agent_banking/receipt.html", context, status=status)
