"""A person's own data: what is kept, who looked, a copy, and forgetting; and the region's list of who was forgotten."""

from __future__ import annotations

import json

from django.contrib import messages
from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.privacy.errors import NotYet
from tenant_apps.privacy.forms import CopyForm, EraseForm
from tenant_apps.privacy.models import Seen
from tenant_apps.privacy.selectors import consents_of, erasures, looks_at, told
from tenant_apps.privacy.services import ask_erasure, copy_of, hindrances_of, note_look
from tenants.access import public_page, signed_in
from tenants.limits import within_limit
from tenants.personal.people import Person, known
from tenants.personal.retention import rules
from tenants.read_only import open_while_read_only

A_PAGE = 20
COPIES_AN_HOUR = 10
ERASE_TRIES = 10


@signed_in
@never_cache
@require_safe
def mine(request: RegionRequest) -> HttpResponse:
    """What is kept of me, who looked at it, what I agreed to, and how long it stays."""
    return _mine(request, CopyForm(request.member.user))


def _mine(request: RegionRequest, form: CopyForm, status: int = 200) -> HttpResponse:
    subjects = known(Person(user=request.member.user)).subjects
    page = Paginator(looks_at(subjects, own=request.member.actor), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "looks": told(page.object_list),
        "consents": consents_of(subjects)[:A_PAGE],
        "rules": [(rule.label, rule.keep.days) for rule in rules()],
        "form": form,
    }
    return render(request, "privacy/mine.html", context, status=status)


@signed_in
@open_while_read_only
@never_cache
@sensitive_post_parameters("password")
@require_POST
def copy(request: RegionRequest) -> HttpResponse:
    """Everything as a file to take along."""
    user = request.member.user
    form = CopyForm(user, request.POST)
    if not within_limit("privacy-copy", str(user.public_id), most=COPIES_AN_HOUR, seconds=3_600):
        form.add_error(None, _("Too many tries. Come back in an hour."))
        return _mine(request, form, 429)
    if not form.is_valid():
        return _mine(request, form, 400)
    note_look(subject=user.public_id, what=Seen.COPY, reader=request.member)
    text = json.dumps(copy_of(Person(user=user)), ensure_ascii=False, indent=2, default=str)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="data-{timezone.now():%Y%m%d}.json"'
    return answer


@signed_in
@open_while_read_only
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: RegionRequest) -> HttpResponse:
    """What stands in the way, what stays and what goes; and, confirmed, it goes."""
    user = request.member.user
    person = Person(user=user)
    form = EraseForm(user, request.POST if request.method == "POST" else None)
    reasons = hindrances_of(person)
    status = 200
    if form.is_bound and not within_limit("privacy-erase", str(user.public_id), most=ERASE_TRIES, seconds=3_600):
        status = 429
    elif form.is_valid():
        try:
            made = ask_erasure(person=person, by=user.actor)
        except NotYet as refused:
            reasons, status = refused.context["reasons"], refused.status
        else:
            logout(request)
            messages.success(request, _("The erasure has the number %(number)s.") % {"number": made.number})
            return redirect("privacy:gone")
    elif form.is_bound:
        status = 400
    context = {"form": form, "reasons": reasons, "too_often": status == 429}
    return render(request, "privacy/erase.html", context, status=status)


@public_page
@never_cache
@require_safe
def gone(request: RegionRequest) -> HttpResponse:
    """What somebody sees who is a stranger now."""
    return render(request, "privacy/gone.html")


@roles_only(Role.ADMIN)
@never_cache
@require_safe
def erasure_list(request: RegionRequest) -> HttpResponse:
    """Who was forgotten: by number, with what was changed and what somebody has to look at."""
    page = Paginator(erasures(), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "privacy/erasures.html", {"page": page})
