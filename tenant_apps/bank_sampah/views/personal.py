"""A member's own data at the unit: numbers that are shown on request, consent, and forgetting."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tenant_apps.bank_sampah.services import agree
from tenant_apps.bank_sampah.views.doors import UnitRequest, at_unit, is_office, office, workers
from tenant_apps.bank_sampah.views.members import is_erased, member_here, member_page
from tenant_apps.privacy.errors import NotYet
from tenant_apps.privacy.models import Seen
from tenant_apps.privacy.services import ask_erasure, note_look
from tenants.forms import ReasonForm
from tenants.personal.people import Person
from tenants.read_only import open_while_read_only


@workers
@never_cache
@require_POST
@at_unit
def reveal(request: UnitRequest, number: str) -> HttpResponse:
    """The whole number, once, and the member reads that it was looked at. An NIK is for the Satker alone."""
    found, what = member_here(request, number), request.POST.get("what", "")
    if what not in (Seen.PHONE, Seen.NIK) or (what == Seen.NIK and not is_office(request)):
        raise Http404("no such number for this person")
    note_look(subject=found.public_id, what=Seen(what), reader=request.member)
    return member_page(request, found, **{what: getattr(found, what)}, shown=what)


@workers
@open_while_read_only
@require_POST
@at_unit
def agreed(request: UnitRequest, number: str) -> HttpResponse:
    """The member has read the new words at the unit, and agrees."""
    agree(member=member_here(request, number), by=request.member.actor)
    messages.success(request, _("Written down."))
    return redirect("bank_sampah:member", request.unit.public_id, number)


@office
@open_while_read_only
@require_POST
@at_unit
def erase(request: UnitRequest, number: str) -> HttpResponse:
    """A member without an account asked the Satker to be forgotten; one with an account does it there."""
    found, form = member_here(request, number), ReasonForm(request.POST)
    if found.user_id is not None or is_erased(found):
        raise Http404("they do it themselves, or it was done")
    if not form.is_valid():
        return member_page(request, found, erasing=form, status=400)
    person = Person()
    person.add(found)
    try:
        made = ask_erasure(person=person, by=request.member.actor, reason=form.cleaned_data["reason"])
    except NotYet as refused:
        return member_page(request, found, erasing=form, hindrances=refused.context["reasons"], status=refused.status)
    messages.success(request, _("Erasure %(number)s is being carried out.") % {"number": made.number})
    return redirect("bank_sampah:members", request.unit.public_id)
