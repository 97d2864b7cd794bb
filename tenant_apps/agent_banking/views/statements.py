"""The bank's statement: uploaded, its columns looked at, compared; its exceptions worked off."""

from __future__ import annotations

import uuid
from itertools import takewhile
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import roles_only
from tenant_apps.agent_banking.access import COUNTER, AgentRequest, at_agent, owner_alone
from tenant_apps.agent_banking.errors import ColumnsUnknown
from tenant_apps.agent_banking.forms import ColumnsForm, LateForm, ReversalForm, StatementForm
from tenant_apps.agent_banking.models import (
    BankStatement,
    ExceptionKind,
    ExceptionState,
    LineState,
    StatementException,
    StatementState,
)
from tenant_apps.agent_banking.selectors.agents import (
    exception_for,
    exceptions_of,
    statement_for,
    statements_of,
)
from tenant_apps.agent_banking.services import (
    apply_statement,
    drop_statement,
    enter_exception,
    note_exception,
    reopen_exception,
    reverse_exception,
    take_in_statement,
)
from tenant_apps.agent_banking.statement_tables import COLUMNS, MOST_BYTES, MOST_COLUMNS, guess
from tenants.forms import ReasonForm
from tenants.kernel.errors import DomainError

A_PAGE = 50
SAMPLE = 5

at_the_warung = roles_only(*COUNTER)


@at_the_warung
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_agent
@owner_alone
def statements(request: AgentRequest) -> HttpResponse:
    """What the bank sent so far, and a form for the next."""
    form, columns, status = StatementForm(), None, 200
    if request.method == "POST":
        form, status = StatementForm(request.POST, request.FILES), 400
        told = [request.POST[name] for name in _column_names(request.POST)]
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                # One byte more than may be tells a file that is too large.
                data = file.read(MOST_BYTES + 1)
                kept = take_in_statement(
                    agent=request.agent,
                    data=data,
                    name=file.name or "",
                    columns=[key if key in COLUMNS else "" for key in told],
                    by=request.member.actor,
                )
            except ColumnsUnknown as refused:
                columns = ColumnsForm(refused.head, guess(refused.head), request.POST if told else None)
                form.add_error("file", refused.message)
            except DomainError as refused:
                form.add_error("file", refused.message)
                status = refused.status
            else:
                return redirect("agent_banking:statement", kept.public_id)
    page = Paginator(statements_of(request.agent), A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "columns": columns}
    return render(request, "agent_banking/statements.html", context, status=status)


def _column_names(posted: QueryDict) -> list[str]:
    """ "column-0", "column-1", … as far as they go."""
    names = (f"column-{place}" for place in range(MOST_COLUMNS))
    return list(takewhile(lambda name: name in posted, names))


@at_the_warung
@never_cache
@require_safe
@at_agent
@owner_alone
def statement(request: AgentRequest, public_id: uuid.UUID) -> HttpResponse:
    """One of them: its columns while it waits, its exceptions when it is compared."""
    return _page(request, statement_for(request.agent, public_id))


@at_the_warung
@require_POST
@at_agent
@owner_alone
def compare(request: AgentRequest, public_id: uuid.UUID) -> HttpResponse:
    """It is compared with what was recorded."""
    found = statement_for(request.agent, public_id)
    form = ColumnsForm(found.table["head"], found.columns, request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=400)
    try:
        apply_statement(statement=found, columns=form.columns, by=request.member.actor)
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _page(request, found, form, status=refused.status)
    return redirect("agent_banking:statement", public_id)


@at_the_warung
@require_POST
@at_agent
@owner_alone
def drop(request: AgentRequest, public_id: uuid.UUID) -> HttpResponse:
    """It was the wrong file."""
    drop_statement(statement=statement_for(request.agent, public_id))
    return redirect("agent_banking:statements")


@at_the_warung
@never_cache
@require_safe
@at_agent
@owner_alone
def exception(request: AgentRequest, public_id: uuid.UUID) -> HttpResponse:
    """What does not fit, and what can be done about it."""
    return _exception_page(request, exception_for(request.agent, public_id))


@sensitive_post_parameters()
@at_the_warung
@never_cache
@require_POST
@at_agent
@owner_alone
def work_off(request: AgentRequest, public_id: uuid.UUID, verb: str) -> HttpResponse:
    """One step of an exception: `catat`, `masukkan`, `balik`, `buka`."""
    found = exception_for(request.agent, public_id)
    if verb not in _STEPS:
        raise Http404("no such step")
    name, form, step = _STEPS[verb]
    bound = form(request.POST)
    if not bound.is_valid():
        return _exception_page(request, found, status=400, **{name: bound})
    try:
        step(found, bound.cleaned_data, request.member.actor)
    except DomainError as refused:
        bound.add_error(None, refused.message)
        return _exception_page(request, found, status=refused.status, **{name: bound})
    messages.success(request, _("Written down."))
    return redirect("agent_banking:exception", public_id)


def _note(found: StatementException, told: dict[str, Any], by: str) -> None:
    note_exception(exception=found, note=told["reason"], by=by)


def _enter(found: StatementException, told: dict[str, Any], by: str) -> None:
    enter_exception(exception=found, key=told["key"], kind=told["kind"], customer=told["customer"], by=by)


def _reverse(found: StatementException, told: dict[str, Any], by: str) -> None:
    reverse_exception(exception=found, reference=told["reference"], reason=told["reason"], by=by)


def _reopen(found: StatementException, told: dict[str, Any], by: str) -> None:
    reopen_exception(exception=found, reason=told["reason"], by=by)


_STEPS: dict[str, tuple[str, Any, Any]] = {
    "catat": ("note", ReasonForm, _note),
    "masukkan": ("late", LateForm, _enter),
    "balik": ("back", ReversalForm, _reverse),
    "buka": ("again", ReasonForm, _reopen),
}


def _page(
    request: AgentRequest, found: BankStatement, form: ColumnsForm | None = None, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"statement": found}
    if found.state == StatementState.APPLIED:
        state = request.GET.get("state", ExceptionState.OPEN)
        state = state if state in (*ExceptionState.values, "all") else ExceptionState.OPEN
        rows = exceptions_of(found, state)
        lines = found.lines.all()
        context |= {
            "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
            "state": state,
            "states": [*ExceptionState.choices, ("all", _("All"))],
            "lines": lines.count(),
            "matched": lines.filter(state=LineState.MATCHED).count(),
            "known": lines.filter(state=LineState.KNOWN).count(),
            "exceptions": found.exceptions.count(),
            "open": found.exceptions.filter(state=ExceptionState.OPEN).count(),
        }
    else:
        context["form"] = form or ColumnsForm(found.table["head"], found.columns)
        context["head"] = found.table["head"]
        context["sample"] = [cells for _number, cells in found.table["rows"][:SAMPLE]]
        context["rows"] = len(found.table["rows"])
    return render(request, "agent_banking/statement.html", context, status=status)


def _exception_page(
    request: AgentRequest, found: StatementException, *, status: int = 200, **forms: Any
) -> HttpResponse:
    line = found.line
    context = {
        "exception": found,
        "is_open": found.state == ExceptionState.OPEN,
        "can_enter": found.kind == ExceptionKind.MISSING_HERE and line is not None and bool(line.reference),
        "can_reverse": found.transaction is not None and not found.transaction.is_reversed,
        "history": found.history.all(),
        "note": ReasonForm(),
        "late": LateForm(),
        "back": ReversalForm(),
        "again": ReasonForm(),
        **forms,
    }
    return render(request, "agent_banking/exception.html", context, status=status)
