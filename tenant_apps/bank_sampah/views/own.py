"""A citizen's own savings: books, slips, card and payouts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.onboarding.models import Service
from tenant_apps.accounts.access import RegionRequest
from tenant_apps.accounts.services.passkeys import confirm, has_passkey, step_of
from tenant_apps.bank_sampah.cards import card_address, qr_of
from tenant_apps.bank_sampah.errors import PinLocked, PinMissing, PinWrong
from tenant_apps.bank_sampah.forms import LinkForm, OwnAskForm, OwnJoinForm, OwnPinForm
from tenant_apps.bank_sampah.models import SavingsBook, Way
from tenant_apps.bank_sampah.selectors.books import (
    account_of,
    book_of_theirs,
    book_row,
    books_of,
    deposit_at,
    deposits_of,
    member_of,
    member_of_card,
    payout_at,
    payouts_of,
    unlinked_member,
)
from tenant_apps.bank_sampah.selectors.prices import priced_grades, terms_on
from tenant_apps.bank_sampah.selectors.rounds import days_for, days_of, pickups_of
from tenant_apps.bank_sampah.selectors.units import open_units, the_centre, units_of
from tenant_apps.bank_sampah.services import Wish, agree, ask, cancel, check_pin, join, link_user, set_pin
from tenant_apps.bank_sampah.services.joining import CONSENT
from tenant_apps.ledger.selectors import balance_of_citizen
from tenant_apps.ledger.statements import statement_exported, statement_printed, statement_shown
from tenant_apps.satker.selectors import offers_service
from tenants.access import signed_in
from tenants.identity.passkeys import site_of
from tenants.kernel.errors import DomainError
from tenants.limits import within_limit
from tenants.read_only import open_while_read_only

A_PAGE = 20
PICKUPS = 3
LINK_TRIES = 10
NOT_TOGETHER = gettext_lazy("That number and that PIN do not belong together, or no PIN was set at the unit yet.")


@signed_in
@never_cache
@require_safe
def books(request: RegionRequest) -> HttpResponse:
    """All books with what they hold; somebody without one learns how to get one."""
    member = member_of(request.member.user)
    if member is None:
        return _joining(request)
    rows = books_of(member)
    context = {
        "waste_member": member,
        "books": rows,
        "spendable": sum(row.spendable for row in rows),
        "bound": sum(row.holds for row in rows if row.is_bound),
        "balance": balance_of_citizen(request.member.user),
        "must_agree": member.consent_version != CONSENT,
        "days": days_for(member)[:1],
        "pickups": pickups_of(member)[:PICKUPS],
    }
    return render(request, "bank_sampah/own/books.html", context)


@signed_in
@require_POST
def become_member(request: RegionRequest) -> HttpResponse:
    """They open a book themselves."""
    form = OwnJoinForm(list(open_units()), request.POST)
    if not form.is_valid():
        return _joining(request, form, 400)
    told, user = form.cleaned_data, request.member.user
    try:
        join(
            unit=form.units[told["unit"]],
            name=str(user),
            phone=user.phone or "",
            user=user,
            rw=told["rw"],
            rt=told["rt"],
            address=told["address"],
            agrees=told["agrees"],
            by=request.member.actor,
        )
    except DomainError as refused:
        form.add_error("agrees", refused.message)
        return _joining(request, form, refused.status)
    messages.success(request, _("Your savings book is open. Bring your first waste."))
    return redirect("bank_sampah:books")


@signed_in
@open_while_read_only
@require_POST
def agreed(request: RegionRequest) -> HttpResponse:
    """They have read the new words."""
    found = member_of(request.member.user)
    if found is None:
        raise Http404("no member")
    agree(member=found, by=request.member.actor)
    messages.success(request, _("Thank you. It is written down."))
    return redirect("bank_sampah:books")


@signed_in
@sensitive_post_parameters()
@require_POST
def link(request: RegionRequest) -> HttpResponse:
    """Somebody who joined at a unit has an account now: the card's number and the PIN say that it is them."""
    form = LinkForm(request.POST)
    if not form.is_valid():
        return _joining(request, linking=form, status=400)
    found = unlinked_member(form.cleaned_data["number"])
    try:
        # Nobody closes other people's PINs by guessing at their numbers.
        if not within_limit("waste-link", str(request.member.user.public_id), most=LINK_TRIES, seconds=3600):
            raise PinLocked(_("Too many wrong tries. Ask the people of your unit to help."))
        if found is None:
            # Told as if the PIN were wrong: numbers of members are nobody's to find out.
            raise PinWrong(NOT_TOGETHER)
        check_pin(member=found, pin=form.cleaned_data["pin"])
        link_user(member=found, user=request.member.user)
    except (PinMissing, PinWrong):
        form.add_error("pin", NOT_TOGETHER)
        return _joining(request, linking=form, status=403)
    except DomainError as refused:
        form.add_error("pin", refused.message)
        return _joining(request, linking=form, status=refused.status)
    messages.success(request, _("Your savings book is on this account now."))
    return redirect("bank_sampah:books")


@signed_in
@never_cache
@require_safe
def book(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """One book: what it holds and how it came to that."""
    return _book(request, book_of_theirs(request.member.user, public_id))


@signed_in
@never_cache
@require_safe
def book_print(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """The book on paper."""
    found = book_of_theirs(request.member.user, public_id)
    return statement_printed(request, account_of(found), reverse("bank_sampah:book", args=[public_id]))


@signed_in
@never_cache
@require_safe
def book_sheet(request: RegionRequest, public_id: UUID) -> HttpResponseBase:
    """The book as a table."""
    found = book_of_theirs(request.member.user, public_id)
    back = reverse("bank_sampah:book", args=[public_id])
    return statement_exported(request, account_of(found), back, f"tabungan-{found.number}")


@signed_in
@never_cache
@require_safe
def slips(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """What was brought, slip by slip."""
    found = book_of_theirs(request.member.user, public_id)
    page = Paginator(deposits_of(found), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "bank_sampah/own/slips.html", {"book": found, "page": page})


@signed_in
@never_cache
@require_safe
def own_slip(request: RegionRequest, number: str) -> HttpResponse:
    """One of them."""
    found = deposit_at(number)
    if found.book.member.user_id != request.member.user.pk:
        raise Http404("no such slip of theirs")
    return render(request, "bank_sampah/own/slip.html", {"slip": found, "lines": list(found.lines.all())})


@signed_in
@open_while_read_only
@sensitive_post_parameters("pin")
@require_POST
def ask_for(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """A payout is asked for."""
    found = book_of_theirs(request.member.user, public_id)
    form = _ask_form(request.POST)
    if not form.is_valid():
        return _book(request, found, asking=form, status=400)
    told = form.cleaned_data
    wish = Wish(Way(told["way"]), form.chosen_unit, told["bank"], told["account_end"])
    try:
        if told["passkey"]:
            step = step_of(request.path, request.POST)
            confirm(user=request.member.user, site=site_of(request), step=step, answer=told["passkey"])
        else:
            check_pin(member=found.member, pin=told["pin"])
    except DomainError as refused:
        form.add_error("pin", refused.message)
        return _book(request, found, asking=form, status=refused.status)
    try:
        made = ask(book=found, key=told["key"], amount=told["amount"], wish=wish, by=request.member.actor)
    except DomainError as refused:
        form.add_error("amount", refused.message)
        return _book(request, found, asking=form, status=refused.status)
    if made.way == Way.BALANCE:
        messages.success(request, _("It is in your WARSA balance now."))
    else:
        messages.success(request, _("Payout %(number)s is asked for.") % {"number": made.number})
    return redirect("bank_sampah:book", public_id)


@signed_in
@open_while_read_only
@require_POST
def give_up(request: RegionRequest, number: str) -> HttpResponse:
    """They want the payout no more."""
    found = payout_at(number)
    if found.book.member.user_id != request.member.user.pk:
        raise Http404("no such payout of theirs")
    try:
        cancel(withdrawal=found, by=request.member.actor)
    except DomainError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("The savings are in the book again."))
    return redirect("bank_sampah:book", found.book.public_id)


@signed_in
@never_cache
@require_safe
def own_card(request: RegionRequest) -> HttpResponse:
    """The card that a unit scans."""
    member = member_of(request.member.user)
    if member is None:
        return redirect("bank_sampah:books")
    return render(
        request, "bank_sampah/own/card.html", {"waste_member": member, "qr": qr_of(card_address(request, member))}
    )


@signed_in
@open_while_read_only
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def own_pin(request: RegionRequest) -> HttpResponse:
    """A PIN for payouts, set with the account's password."""
    member = member_of(request.member.user)
    if member is None:
        return redirect("bank_sampah:books")
    form = OwnPinForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        told = form.cleaned_data
        if not request.member.user.check_password(told["password"]):
            form.add_error("password", _("That password is wrong."))
            status = 403
        else:
            try:
                set_pin(member=member, pin=told["pin"], by=request.member.actor)
            except DomainError as refused:
                form.add_error("pin", refused.message)
                status = refused.status
            else:
                messages.success(request, _("The PIN is set. Payouts ask for it."))
                return redirect("bank_sampah:books")
    elif form.is_bound:
        status = 400
    return render(request, "bank_sampah/own/pin.html", {"form": form, "waste_member": member}, status=status)


@signed_in
@never_cache
@require_safe
def card_read(request: RegionRequest, card: str) -> HttpResponse:
    """What a card's code leads to: its owner to their books, a unit's people to weighing; nobody else anywhere."""
    member = member_of_card(card)
    if member is None:
        raise Http404("no such card")
    if member.user_id == request.member.user.pk:
        return redirect("bank_sampah:books")
    unit = units_of(request.member).first()
    if unit is None:
        raise Http404("not theirs")
    return redirect("bank_sampah:weigh", unit.public_id, member.number)


@signed_in
@never_cache
@require_safe
def prices(request: RegionRequest) -> HttpResponse:
    """What is taken, and what is paid for it today."""
    member = member_of(request.member.user)
    if member is None and not offers_service(Service.BANK_SAMPAH):
        raise Http404("no waste bank here")
    unit = member.unit if member else the_centre()
    context = {"unit": unit, "priced": priced_grades(unit), "days": days_of(list(open_units()))}
    return render(request, "bank_sampah/own/prices.html", context)


def _joining(
    request: RegionRequest, form: OwnJoinForm | None = None, status: int = 200, linking: LinkForm | None = None
) -> HttpResponse:
    if not offers_service(Service.BANK_SAMPAH):
        raise Http404("no waste bank here")
    units = list(open_units())
    context = {
        "units": units,
        "form": form or OwnJoinForm(units),
        "linking": linking or LinkForm(),
        "days": days_of(units),
    }
    return render(request, "bank_sampah/own/join.html", context, status=status)


def _ask_form(data: Any = None) -> OwnAskForm:
    return OwnAskForm(list(open_units()), [Way.BALANCE, Way.CASH, Way.TRANSFER], data)


def _book(
    request: RegionRequest, found: SavingsBook, *, asking: OwnAskForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "book": found,
        "row": book_row(found),
        "terms": terms_on(),
        "asking": asking or _ask_form(),
        "payouts": payouts_of(found)[:A_PAGE],
        "has_passkey": has_passkey(request.member.user, site_of(request)),
        "print_url": reverse("bank_sampah:book_print", args=[found.public_id]),
        "sheet_url": reverse("bank_sampah:book_sheet", args=[found.public_id]),
        **statement_shown(request, account_of(found)),
    }
    return render(request, "bank_sampah/own/book.html", context, status=status)
