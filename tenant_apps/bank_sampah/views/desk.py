"""At the unit: who comes, what they bring, and the slips of the day."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.bank_sampah.cards import member_typed
from tenant_apps.bank_sampah.forms import WeighForm
from tenant_apps.bank_sampah.models import Deposit, Group, Member, MemberState, PickupRequest, SavingsBook
from tenant_apps.bank_sampah.selectors.books import (
    BookRow,
    books_of,
    deposit_at,
    member_at,
    members_with,
    slips_of_day,
    sums_of_day,
    waiting_payouts,
)
from tenant_apps.bank_sampah.selectors.pieces import piece_of
from tenant_apps.bank_sampah.selectors.prices import priced_grades
from tenant_apps.bank_sampah.selectors.rounds import pickup_at
from tenant_apps.bank_sampah.selectors.units import units_of
from tenant_apps.bank_sampah.services import collect, take_back, weigh_in
from tenant_apps.bank_sampah.views.doors import UnitRequest, at_unit, is_office, workers
from tenant_apps.privacy.models import Seen
from tenant_apps.privacy.services import note_look
from tenants.context import current_region
from tenants.forms import ReasonForm, asked_text
from tenants.kernel import clock
from tenants.kernel.errors import DomainError
from tenants.kernel.money import rupiah_text
from tenants.kernel.numbers import DocumentNumber

A_PAGE = 30
_NUMBER = re.compile(DocumentNumber.regex)


@workers
@never_cache
@require_safe
def units(request: RegionRequest) -> HttpResponse:
    """Where this person works; straight to the unit where there is only one."""
    theirs = list(units_of(request.member)[:A_PAGE])
    if len(theirs) == 1:
        return redirect("bank_sampah:desk", theirs[0].public_id)
    return render(request, "bank_sampah/units.html", {"units": theirs})


@workers
@never_cache
@require_safe
@at_unit
def desk(request: UnitRequest) -> HttpResponse:
    """The unit's day. A card or a number leads straight to weighing."""
    wanted = asked_text(request)
    member = member_typed(wanted) if wanted else None
    if member is not None and member.state == MemberState.ACTIVE:
        return redirect("bank_sampah:weigh", request.unit.public_id, member.number)
    today = clock.today(current_region().time_zone)
    rows = members_with(wanted, None if is_office(request) else request.unit)
    found = piece_of(rows, request.GET.get("dari", ""), words=wanted) if wanted else None
    slips = Paginator(slips_of_day(request.unit, today), A_PAGE).get_page(request.GET.get("slip"))
    context = {
        "unit": request.unit,
        "wanted": wanted,
        "found": found,
        "slips": slips,
        "sums": sums_of_day(request.unit, today),
        "waiting": waiting_payouts().filter(unit=request.unit).count(),
    }
    return render(request, "bank_sampah/desk.html", context)


@workers
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_unit
def weigh(request: UnitRequest, number: str) -> HttpResponse:
    """A member's waste, type by type."""
    member = member_at(number)
    note_look(subject=member.public_id, what=Seen.RECORD, reader=request.member)
    books = books_of(member)
    book = _chosen_book(books, request.POST.get("book") or request.GET.get("buku", ""))
    pickup = _stop_of(request, member)
    priced = priced_grades(request.unit)
    form = WeighForm(priced, request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        try:
            told: dict[str, Any] = {
                "book": book,
                "key": form.cleaned_data["key"],
                "lines": form.weighed,
                "by": request.member.actor,
            }
            made = collect(pickup=pickup, **told) if pickup else weigh_in(unit=request.unit, **told)
        except DomainError as refused:
            form.add_error(None, refused.message)
            status = refused.status
        else:
            if pickup is not None:
                messages.success(
                    request,
                    _("%(name)s: %(saved)s saved, slip %(number)s.")
                    % {"name": member.name, "saved": rupiah_text(made.saved), "number": made.number},
                )
                return redirect("bank_sampah:round", request.unit.public_id, pickup.day)
            return redirect("bank_sampah:slip", request.unit.public_id, made.number)
    elif form.is_bound:
        status = 400
    groups = [group for group in Group if any(one.grade.type.group == group for one in priced)]
    context = {
        "unit": request.unit,
        "waste_member": member,
        "books": books,
        "book": book,
        "form": form,
        "groups": groups,
        "pickup": pickup,
    }
    return render(request, "bank_sampah/weigh.html", context, status=status)


@workers
@never_cache
@require_safe
@at_unit
def slip(request: UnitRequest, number: str) -> HttpResponse:
    """What was weighed and saved; made to be printed."""
    context = _slip(request, number)
    note_look(subject=context["slip"].book.member.public_id, what=Seen.SLIP, reader=request.member)
    return render(request, "bank_sampah/slip.html", context)


@workers
@require_POST
@at_unit
def slip_back(request: UnitRequest, number: str) -> HttpResponse:
    """The slip was wrong."""
    context, form = _slip(request, number), ReasonForm(request.POST)
    context["reason"] = form
    if not form.is_valid():
        return render(request, "bank_sampah/slip.html", context, status=400)
    try:
        take_back(deposit=context["slip"], reason=form.cleaned_data["reason"], by=request.member.actor)
    except DomainError as refused:
        context["refused"] = refused.message
        return render(request, "bank_sampah/slip.html", context, status=refused.status)
    messages.success(request, _("The slip is taken back. Write it anew if something was brought."))
    return redirect("bank_sampah:slip", request.unit.public_id, number)


def _slip(request: UnitRequest, number: str) -> dict[str, Any]:
    found: Deposit = deposit_at(number)
    if found.unit_id != request.unit.pk:
        raise Http404("a slip of another unit")
    return {"unit": request.unit, "slip": found, "lines": list(found.lines.all()), "reason": ReasonForm()}


def _stop_of(request: UnitRequest, member: Member) -> PickupRequest | None:
    """The stop of a round at which this is weighed, if at one."""
    number = request.POST.get("pickup") or request.GET.get("jemput", "")
    if not number:
        return None
    found = pickup_at(request.unit, number) if _NUMBER.fullmatch(number) else None
    if found is None or found.member_id != member.pk:
        raise Http404("no such stop of this member")
    return found


def _chosen_book(books: list[BookRow], wanted: str) -> SavingsBook:
    """The book that was asked for, else the free one."""
    found = next((row.book for row in books if str(row.book.public_id) == wanted), None)
    if wanted and found is None:
        raise Http404("no such book of this member")
    # Joining opens a first book.
    return found or next((row.book for row in books if not row.book.purpose), books[0].book)
