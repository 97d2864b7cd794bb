"""Members at the unit: who saves, their books, cards and payouts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.bank_sampah.cards import card_address, qr_of
from tenant_apps.bank_sampah.forms import AskForm, BookForm, ChangeMemberForm, JoinForm, LeavingForm, PinForm
from tenant_apps.bank_sampah.models import Member, MemberKind, MemberState, SavingsBook, Way
from tenant_apps.bank_sampah.selectors.books import books_of, member_at, members_with, slips_of_member
from tenant_apps.bank_sampah.selectors.pieces import piece_of
from tenant_apps.bank_sampah.services import (
    Wish,
    ask,
    change_member,
    check_pin,
    close_member,
    forget_pin,
    give_new_card,
    join,
    open_book,
    reopen_member,
    set_pin,
)
from tenant_apps.bank_sampah.services.joining import CONSENT
from tenant_apps.bank_sampah.views.doors import UnitRequest, at_unit, is_office, workers
from tenant_apps.privacy.models import Seen
from tenant_apps.privacy.selectors import erasure_of
from tenant_apps.privacy.services import note_look
from tenants.forms import ReasonForm, asked_text
from tenants.kernel.errors import DomainError
from tenants.personal.people import Person, known
from tenants.personal.sealing import masked
from tenants.read_only import open_while_read_only

A_PAGE = 30
SLIPS = 10


@workers
@never_cache
@require_safe
@at_unit
def members(request: UnitRequest) -> HttpResponse:
    """The members of this unit; the Satker finds those of all units."""
    wanted = asked_text(request)
    rows = members_with(wanted, None if wanted and is_office(request) else request.unit)
    page = piece_of(rows, request.GET.get("dari", ""), words=wanted)
    return render(request, "bank_sampah/members.html", {"unit": request.unit, "page": page, "wanted": wanted})


@workers
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_unit
def new(request: UnitRequest) -> HttpResponse:
    """Somebody becomes a member."""
    form = JoinForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        told = form.cleaned_data
        try:
            made = join(
                unit=request.unit,
                name=told["name"],
                kind=MemberKind(told["kind"]),
                phone=told["phone"],
                nik=told["nik"],
                rw=told["rw"],
                rt=told["rt"],
                address=told["address"],
                agrees=told["agrees"],
                by=request.member.actor,
            )
        except DomainError as refused:
            form.add_error(None, refused.message)
            status = refused.status
        else:
            messages.success(request, _("%(name)s has a savings book now.") % {"name": made.name})
            return redirect("bank_sampah:member", request.unit.public_id, made.number)
    elif form.is_bound:
        status = 400
    return render(request, "bank_sampah/member_new.html", {"unit": request.unit, "form": form}, status=status)


@workers
@never_cache
@require_safe
@at_unit
def member(request: UnitRequest, number: str) -> HttpResponse:
    """One member: what each book holds, the last slips, what can be done."""
    found = member_here(request, number)
    note_look(subject=found.public_id, what=Seen.RECORD, reader=request.member)
    return member_page(request, found)


@workers
@require_POST
@at_unit
def change(request: UnitRequest, number: str) -> HttpResponse:
    """Another name, telephone or place."""
    found, form = member_here(request, number), ChangeMemberForm(request.POST)
    if not form.is_valid():
        return member_page(request, found, changing=form, status=400)
    try:
        change_member(member=found, **form.cleaned_data)
    except DomainError as refused:
        form.add_error("name", refused.message)
        return member_page(request, found, changing=form, status=refused.status)
    messages.success(request, _("Written down."))
    return redirect("bank_sampah:member", request.unit.public_id, number)


@workers
@require_POST
@at_unit
def book_new(request: UnitRequest, number: str) -> HttpResponse:
    """One more book, for a purpose."""
    found, form = member_here(request, number), BookForm(request.POST)
    if not form.is_valid():
        return member_page(request, found, opening=form, status=400)
    try:
        open_book(member=found, by=request.member.actor, **form.cleaned_data)
    except DomainError as refused:
        form.add_error("purpose", refused.message)
        return member_page(request, found, opening=form, status=refused.status)
    messages.success(request, _("The book is open."))
    return redirect("bank_sampah:member", request.unit.public_id, number)


@workers
@open_while_read_only
@require_POST
@at_unit
def payout(request: UnitRequest, number: str) -> HttpResponse:
    """The member asks at the unit."""
    found = member_here(request, number)
    form = ask_form(request, found, request.POST)
    book = _book_of(found, request.POST.get("book", ""))
    if not form.is_valid():
        return member_page(request, found, asking=form, status=400)
    told = form.cleaned_data
    wish = Wish(Way(told["way"]), form.chosen_unit or request.unit, told["bank"], told["account_end"])
    try:
        check_pin(member=found, pin=told["pin"])
    except DomainError as refused:
        form.add_error("pin", refused.message)
        return member_page(request, found, asking=form, status=refused.status)
    try:
        made = ask(book=book, key=told["key"], amount=told["amount"], wish=wish, by=request.member.actor)
    except DomainError as refused:
        form.add_error("amount", refused.message)
        return member_page(request, found, asking=form, status=refused.status)
    messages.success(request, _("Payout %(number)s is asked for.") % {"number": made.number})
    return redirect("bank_sampah:payout", request.unit.public_id, made.number)


@workers
@never_cache
@require_safe
@at_unit
def card(request: UnitRequest, number: str) -> HttpResponse:
    """The member's card, for the printer."""
    found = member_here(request, number)
    note_look(subject=found.public_id, what=Seen.CARD, reader=request.member)
    context = {"unit": request.unit, "waste_member": found, "qr": qr_of(card_address(request, found))}
    return render(request, "bank_sampah/card.html", context)


@workers
@require_POST
@at_unit
def card_new(request: UnitRequest, number: str) -> HttpResponse:
    """The old card was lost."""
    give_new_card(member=member_here(request, number))
    messages.success(request, _("The old card opens nothing any more. Print the new one."))
    return redirect("bank_sampah:card", request.unit.public_id, number)


@workers
@open_while_read_only
@sensitive_post_parameters()
@require_POST
@at_unit
def pin(request: UnitRequest, number: str) -> HttpResponse:
    """The member types a first PIN at the unit. One that is set is changed by the member, or forgotten by the Satker."""
    found = member_here(request, number)
    if "forget" in request.POST:
        if not is_office(request):
            raise Http404("the Satker does")
        forget_pin(member=found, by=request.member.actor)
        messages.success(request, _("The PIN is forgotten: the member sets another one."))
        return redirect("bank_sampah:member", request.unit.public_id, number)
    if found.pin:
        raise Http404("there is one")
    form = PinForm(request.POST)
    if not form.is_valid():
        return member_page(request, found, pinning=form, status=400)
    try:
        set_pin(member=found, pin=form.cleaned_data["pin"], by=request.member.actor)
    except DomainError as refused:
        form.add_error("pin", refused.message)
        return member_page(request, found, pinning=form, status=refused.status)
    messages.success(request, _("The PIN is set. Payouts ask for it."))
    return redirect("bank_sampah:member", request.unit.public_id, number)


@workers
@require_POST
@at_unit
def close(request: UnitRequest, number: str) -> HttpResponse:
    """The member leaves; or comes back."""
    found, form = member_here(request, number), LeavingForm(request.POST)
    if not form.is_valid():
        return member_page(request, found, leaving=form, status=400)
    try:
        if "open" in request.POST:
            reopen_member(member=found, by=request.member.actor)
        else:
            close_member(member=found, by=request.member.actor, reason=form.cleaned_data["reason"])
    except DomainError as refused:
        messages.error(request, str(refused.message))
    return redirect("bank_sampah:member", request.unit.public_id, number)


def member_here(request: UnitRequest, number: str) -> Member:
    """A warung's people work with the members of their own unit, the Satker's with all.

    Raises:  Http404.
    """
    found = member_at(number)
    if found.unit_id != request.unit.pk and not is_office(request):
        raise Http404("a member of another unit")
    return found


def ask_form(request: UnitRequest, found: Member, data: Any = None) -> AskForm:
    """At a unit cash is fetched there; a balance needs an account."""
    ways = [way for way in Way.asked_for() if way != Way.BALANCE or found.user_id is not None]
    return AskForm([request.unit], ways, data)


def _book_of(found: Member, public_id: str) -> SavingsBook:
    book = next((row.book for row in books_of(found) if str(row.book.public_id) == public_id), None)
    if book is None:
        raise Http404("no such book of this member")
    return book


def is_erased(found: Member) -> bool:
    """Whether they were forgotten, or are being so: books are shut first of all."""
    if found.state != MemberState.CLOSED:
        return False
    person = Person()
    person.add(found)
    return erasure_of(known(person)) is not None


def member_page(request: UnitRequest, found: Member, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The member's page; `forms`: what came back with errors, and numbers that were asked to be seen."""
    initial = {"name": found.name, "rw": found.rw, "rt": found.rt, "address": found.address}
    context = {
        "unit": request.unit,
        "waste_member": found,
        "is_active": found.state == MemberState.ACTIVE,
        "books": books_of(found),
        "slips": slips_of_member(found)[:SLIPS],
        "changing": ChangeMemberForm(initial=initial),
        "opening": BookForm(),
        "asking": ask_form(request, found),
        "pinning": PinForm(),
        "leaving": LeavingForm(),
        "erasing": ReasonForm(),
        "phone": masked(found.phone),
        "nik": masked(found.nik),
        "may_be_erased": is_office(request) and found.user_id is None and not is_erased(found),
        "must_agree": found.consent_version != CONSENT,
        "is_office": is_office(request),
        "history": found.history.all(),
        **forms,
    }
    return render(request, "bank_sampah/member.html", context, status=status)
