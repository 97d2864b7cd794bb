"""Kinds, fees, limits and tolerance: what the Satker and the region's admin decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, roles_only
from tenant_apps.agent_banking.access import RULERS, offered
from tenant_apps.agent_banking.forms import FeeForm, KindForm, LimitForm, NameForm, ToleranceForm
from tenant_apps.agent_banking.models import Does, FeeWay, LimitScope, TransactionKind
from tenant_apps.agent_banking.selectors.rules import fee_of, kind_called, kind_rows, limit_rows, tolerance_at
from tenant_apps.agent_banking.services import (
    add_kind,
    change_kind,
    seed_rules,
    set_fee,
    set_limit,
    set_tolerance,
)
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

rulers = roles_only(*RULERS)


@rulers
@never_cache
@require_safe
@offered
def rules(request: RegionRequest) -> HttpResponse:
    """Everything that holds now, and what is decided for later."""
    return _page(request)


@rulers
@require_POST
@offered
def decide(request: RegionRequest, what: str) -> HttpResponse:
    """A new row: `mulai`, `jenis`, `batas`, `toleransi`."""
    by = request.member.actor
    if what == "mulai":
        seed_rules(by=by)
        return redirect("agent_banking:rules")
    if what not in _DECISIONS:
        raise Http404("nothing of the kind")
    name, make, work = _DECISIONS[what]
    form = make(request.POST)
    if not form.is_valid():
        return _page(request, status=400, **{name: form})
    try:
        work(form.cleaned_data, by)
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _page(request, status=refused.status, **{name: form})
    messages.success(request, _("Saved."))
    return redirect("agent_banking:rules")


@rulers
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@offered
def kind(request: RegionRequest, code: str) -> HttpResponse:
    """One kind: its name, its fees so far, a new fee."""
    found = kind_called(code)
    by, status = request.member.actor, 200
    held = fee_of(found, clock.now())
    shown = {"customer_fee": held.customer_fee, "bank_share": held.bank_share, "commission": held.commission} if held else {}  # fmt: skip
    fee = FeeForm(initial=shown, prefix="fee")
    called = NameForm(initial={"name": found.name, "is_offered": found.is_offered}, prefix="name")
    if request.method == "POST":
        posted: Any = FeeForm(request.POST, prefix="fee") if "fee-customer_fee" in request.POST else None
        if posted is not None:
            fee = posted
        else:
            posted = called = NameForm(request.POST, prefix="name")
        status = 400
        if posted.is_valid():
            try:
                if posted is fee:
                    set_fee(kind=found, by=by, **posted.cleaned_data)
                else:
                    change_kind(kind=found, **posted.cleaned_data)
            except DomainError as refused:
                posted.add_error(None, refused.message)
                status = refused.status
            else:
                messages.success(request, _("Saved."))
                return redirect("agent_banking:kind", code)
    context = {
        "kind": found,
        "held": held,
        "fees": found.fees.all(),
        "fee": fee,
        "called": called,
        "moves_money": found.does != Does.REFERRAL,
    }
    return render(request, "agent_banking/satker/kind.html", context, status=status)


def _kind(told: dict[str, Any], by: str) -> TransactionKind:
    told |= {"does": Does(told["does"]), "fee_way": FeeWay(told["fee_way"])}
    return add_kind(by=by, **told)


def _limit(told: dict[str, Any], by: str) -> object:
    return set_limit(by=by, **(told | {"scope": LimitScope(told["scope"])}))


def _tolerance(told: dict[str, Any], by: str) -> object:
    return set_tolerance(by=by, **told)


_DECISIONS: dict[str, tuple[str, Any, Callable[[dict[str, Any], str], object]]] = {
    "jenis": ("new", KindForm, _kind),
    "batas": ("limit", LimitForm, _limit),
    "toleransi": ("allow", ToleranceForm, _tolerance),
}


def _page(request: RegionRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    now = clock.now()
    context = {
        "rows": kind_rows(now),
        "limits": limit_rows(now),
        "tolerance": tolerance_at(now),
        "new": KindForm(),
        "limit": LimitForm(),
        "allow": ToleranceForm(),
        **forms,
    }
    return render(request, "agent_banking/satker/rules.html", context, status=status)
