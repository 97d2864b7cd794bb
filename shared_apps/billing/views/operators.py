"""Operators look at subscriptions, give time, end and go on, and see where Stripe and we differ."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shared_apps.billing import selectors
from shared_apps.billing.forms import ReasonForm, TrialForm
from shared_apps.billing.models import Subscription, SubscriptionState, UsageMonth
from shared_apps.billing.services import subscribing
from shared_apps.billing.states import changes_at, grace_until, start_of
from shared_apps.billing.stripe.client import cards_open
from shared_apps.billing.stripe.syncing import sync
from shared_apps.billing.tasks import reconcile_nightly
from shared_apps.operations.access import operators_only
from tenants.exports import csv_file
from tenants.forms import asked_text
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

ROWS = 50


def actor(request: HttpRequest) -> str:
    return f"operator:{request.user.public_id}"  # type: ignore[union-attr]


@operators_only
@require_safe
def subscriptions(request: HttpRequest) -> HttpResponseBase:
    """All of them, by state and text; as CSV with ?csv=1."""
    text, state = asked_text(request), request.GET.get("state", "")
    state = state if state in SubscriptionState.values else ""
    rows = selectors.subscriptions(text=text, state=state)
    if request.GET.get("csv"):
        return csv_file("langganan", selectors.subscription_rows(rows.iterator(chunk_size=500)))
    states = selectors.subscriptions_by_state()
    context = {
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "states": states,
        "all": sum(number for _state, _label, number in states),
        "state": state,
        "q": text,
        "money": selectors.money(),
    }
    return render(request, "billing/operators/subscriptions.html", context)


@operators_only
@require_safe
def subscription(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One region's subscription with its papers and its history."""
    return _page(request, _one(public_id))


@operators_only
@require_POST
def extend_trial(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """More time without paying."""
    one, form = _one(public_id), TrialForm(request.POST)
    if not form.is_valid():
        return _page(request, one, asked="trial", form=form)
    try:
        subscribing.extend_trial(
            subscription=one,
            until=start_of(form.cleaned_data["until"]),
            by=actor(request),
            reason=form.cleaned_data["reason"],
        )
    except DomainError as refusal:
        form.add_error("until", str(refusal.message))
        return _page(request, one, asked="trial", form=form)
    messages.success(request, _("The region may be used without paying until then."))
    return redirect("billing:subscription", public_id)


@operators_only
@require_POST
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """It ends when what is covered ends, the trial too, as on the region's own page."""
    one, form = _one(public_id), ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, one, asked="end", form=form)
    subscribing.end(subscription=one, by=actor(request), reason=form.cleaned_data["reason"], at=one.covered_until)
    messages.success(request, _("The subscription ends when what is paid for ends."))
    return redirect("billing:subscription", public_id)


@operators_only
@require_POST
def go_on(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """It ends no more."""
    subscribing.go_on(subscription=_one(public_id), by=actor(request))
    messages.success(request, _("The subscription goes on."))
    return redirect("billing:subscription", public_id)


@operators_only
@require_POST
def read_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What Stripe has now is taken over."""
    try:
        with transaction.atomic():
            sync(_one(public_id))
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("This is what Stripe has now."))
    return redirect("billing:subscription", public_id)


@operators_only
@require_safe
def differences(request: HttpRequest) -> HttpResponse:
    """Where Stripe and we do not agree."""
    gone = request.GET.get("lama") == "1"
    page = Paginator(selectors.differences(gone=gone), ROWS).get_page(request.GET.get("page"))
    return render(request, "billing/operators/differences.html", {"page": page, "gone": gone, "cards": cards_open()})


@operators_only
@require_POST
def compare_now(request: HttpRequest) -> HttpResponse:
    """A worker compares everything now."""
    with transaction.atomic():
        reconcile_nightly.on_commit()
    messages.success(request, _("Stripe is compared now. Look again in a minute."))
    return redirect("billing:differences")


def _one(public_id: UUID) -> Subscription:
    rows = Subscription.objects.select_related("region", "plan", "sponsor")
    return get_object_or_404(rows, public_id=public_id)


def _page(request: HttpRequest, one: Subscription, *, asked: str = "", form: forms.Form | None = None) -> HttpResponse:
    context = {
        "subscription": one,
        "grace_until": grace_until(one),
        "changes_at": changes_at(one, clock.now()),
        "invoices": one.invoices.all()[:20],
        "quotations": one.quotations.select_related("plan")[:10],
        "history": one.events.all()[:50],
        "calls": one.calls.all()[:10],
        "events": one.stripe_events.order_by("-pk")[:10],
        "months": UsageMonth.objects.filter(region_id=one.region_id).order_by("-month")[:12],
        "asked": asked,
        "trial_form": form if asked == "trial" else TrialForm(auto_id="trial-%s"),
        "end_form": form if asked == "end" else ReasonForm(auto_id="end-%s"),
    }
    return render(request, "billing/operators/subscription.html", context, status=400 if form else 200)
