"""Owners decide who operates the platform."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from shared_apps.operations import people
from shared_apps.operations.access import grant_of, operator_of, operators
from shared_apps.operations.forms import PersonForm
from shared_apps.operations.models import OperatorGrant, OperatorRole
from shared_apps.operations.selectors import operator_grants

owners_only = operators(reads=OperatorRole.OWNER, writes=OperatorRole.OWNER)


@owners_only
@require_http_methods(["GET", "POST"])
def people_list(request: HttpRequest) -> HttpResponse:
    """Everybody who operates, and the form that lets one more in."""
    form = PersonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        people.let_in(
            email=told["email"], name=told["name"], role=OperatorRole(told["role"]), by=operator_of(request).actor
        )
        messages.success(request, _("%(email)s is let in and gets a mail.") % {"email": told["email"]})
        return redirect("operations:people")
    context = {"form": form, "grants": operator_grants(), "roles": OperatorRole.choices, "own": grant_of(request)}
    return render(request, "operations/people.html", context, status=400 if form.errors else 200)


@owners_only
@require_POST
def role(request: HttpRequest, number: int) -> HttpResponse:
    grant = get_object_or_404(OperatorGrant, pk=number)
    wanted = request.POST.get("role", "")
    if wanted in OperatorRole.values:
        people.set_role(grant=grant, role=OperatorRole(wanted), by=operator_of(request).actor)
        messages.success(request, _("The role is changed."))
    return redirect("operations:people")


@owners_only
@require_POST
def put_out(request: HttpRequest, number: int) -> HttpResponse:
    grant = get_object_or_404(OperatorGrant, pk=number)
    people.put_out(grant=grant, reason=request.POST.get("reason", ""), by=operator_of(request).actor)
    messages.success(request, _("They operate nothing any more."))
    return redirect("operations:people")


@owners_only
@require_POST
def forget_factors(request: HttpRequest, number: int) -> HttpResponse:
    grant = get_object_or_404(OperatorGrant, pk=number)
    people.forget_factors(grant=grant, reason=request.POST.get("reason", ""), by=operator_of(request).actor)
    messages.success(request, _("Their second factor is gone; the next sign-in adds a new one."))
    return redirect("operations:people")
