"""The warung's own people: which warung, opening, hours, particulars, staff."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.accounts.services.inviting import renew, withdraw_invitation
from tenant_apps.warungs.counter import CounterRequest, at_counter, choose_warung, nobodys_counter, owners_only
from tenant_apps.warungs.forms import DayHoursForm, InviteForm, SameHoursForm, ShopForm, Span, StandForm
from tenant_apps.warungs.models import OpeningHours, Warung, Weekday
from tenant_apps.warungs.selectors import (
    invitation_to,
    invitations_to,
    opening_of,
    staff_member,
    village_names,
    warung_for,
    warungs_of,
)
from tenant_apps.warungs.services import (
    invite_to_warung,
    open_warung,
    pause_warung,
    put_on_map,
    remove_staff,
    save_warung,
    set_hours,
)
from tenant_apps.warungs.views.inviting import show_link
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

# The Satker's people stand at its Fresh Food stand alone.
at_the_warung = roles_only(Role.OWNER, Role.STAFF, Role.SATKER)
read_or_send = require_http_methods(["GET", "HEAD", "POST"])


@at_the_warung
@read_or_send
def choose(request: RegionRequest) -> HttpResponseBase:
    """Say in which of one's warungs one stands."""
    if request.method == "POST":
        choose_warung(request, warung_for(request.member, _uuid(request.POST.get("warung", ""))))
        return redirect("region_setup:toko")
    rows = list(warungs_of(request.member))
    if not rows:
        return nobodys_counter(request)
    names = village_names({warung.village_code for warung in rows})
    shown = [(warung, names.get(warung.village_code, ""), opening_of(warung)) for warung in rows]
    return render(request, "warungs/toko/choose.html", {"rows": shown})


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise Http404("no such warung") from wrong


@at_the_warung
@require_POST
@at_counter
def open_now(request: CounterRequest) -> HttpResponse:
    """Citizens may order again."""
    try:
        open_warung(warung=request.counter.warung, by=request.member.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    return redirect("region_setup:toko")


@at_the_warung
@require_POST
@at_counter
def pause(request: CounterRequest) -> HttpResponse:
    """No new orders for now."""
    try:
        pause_warung(warung=request.counter.warung, by=request.member.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    return redirect("region_setup:toko")


@at_the_warung
@read_or_send
@at_counter
def hours(request: CounterRequest) -> HttpResponse:
    """The warung's week: all days alike, or day by day."""
    warung = request.counter.warung
    rows = list(warung.hours.all())
    mode = request.POST.get("mode", "")
    same = SameHoursForm(request.POST if mode == "same" else None, initial=SameHoursForm.initial_of(rows))
    days = [
        DayHoursForm(request.POST if mode == "days" else None, day=day, initial=DayHoursForm.initial_of(_on(rows, day)))
        for day in Weekday
    ]
    if mode == "same" and same.is_valid():
        return _hours_saved(request, warung, same.week())
    # Every day is looked at, so that all that is wrong shows at once.
    answers = [form.is_valid() for form in days]
    if mode == "days" and all(answers):
        return _hours_saved(request, warung, [span for form in days for span in form.spans()])
    context = {"same": same, "days": days, "by_day": mode == "days" or not _alike(rows), "opening": opening_of(warung)}
    return render(request, "warungs/toko/hours.html", context)


def _hours_saved(request: CounterRequest, warung: Warung, week: list[Span]) -> HttpResponse:
    set_hours(warung=warung, hours=week)
    messages.success(request, _("The opening hours are saved."))
    return redirect("warungs:hours")


def _on(rows: list[OpeningHours], day: Weekday) -> list[OpeningHours]:
    return [row for row in rows if row.weekday == day]


def _alike(rows: list[OpeningHours]) -> bool:
    return len({(row.opens, row.closes) for row in rows}) <= 1


@at_the_warung
@read_or_send
@at_counter
@owners_only
def profile(request: CounterRequest) -> HttpResponse:
    """The warung's particulars and its people."""
    warung = request.counter.warung
    form = ShopForm(request.POST if request.method == "POST" else None, initial=ShopForm.initial_of(warung))
    if form.is_valid():
        try:
            save_warung(
                warung=warung, village_code=warung.village_code, rw=warung.rw, rt=warung.rt, **form.cleaned_data
            )
        except DomainError as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("warungs:profile")
    return _profile_page(request, form, InviteForm())


@at_the_warung
@never_cache
@require_POST
@at_counter
@owners_only
def stand(request: CounterRequest) -> HttpResponse:
    """Where the warung stands on the map."""
    warung, form = request.counter.warung, StandForm(request.POST)
    if form.is_valid():
        put_on_map(warung=warung, point=form.point())
        messages.success(request, _("Saved."))
        return redirect("warungs:profile")
    return _profile_page(request, ShopForm(initial=ShopForm.initial_of(warung)), InviteForm(), form)


def _profile_page(
    request: CounterRequest, form: ShopForm, invite_form: InviteForm, stand_form: StandForm | None = None
) -> HttpResponse:
    warung = request.counter.warung
    context = {
        "form": form,
        "stand_form": stand_form or StandForm(initial=StandForm.initial_of(warung)),
        "invite_form": invite_form,
        "village": village_names({warung.village_code}).get(warung.village_code, ""),
        "staff": list(warung.staff.select_related("user").order_by("pk")),
        "invitations": list(invitations_to(warung, Role.STAFF)),
        "now": clock.now(),
    }
    return render(request, "warungs/toko/profile.html", context)


@at_the_warung
@never_cache
@require_POST
@at_counter
@owners_only
def invite_staff(request: CounterRequest) -> HttpResponse:
    """Somebody may help at the counter; the page shows their link."""
    warung, form = request.counter.warung, InviteForm(request.POST)
    if form.is_valid():
        try:
            issued = invite_to_warung(warung=warung, role=Role.STAFF, by=request.member.actor, **form.cleaned_data)
        except DomainError as refused:
            form.add_error(None, refused.message)
        else:
            return show_link(request, issued, warung=warung, back=reverse("warungs:profile"))
    return _profile_page(request, ShopForm(initial=ShopForm.initial_of(warung)), form)


@at_the_warung
@never_cache
@require_POST
@at_counter
@owners_only
def invite_staff_again(request: CounterRequest, invitation_id: UUID) -> HttpResponse:
    """A new link in place of the earlier one."""
    warung = request.counter.warung
    issued = renew(invitation=invitation_to(warung, Role.STAFF, invitation_id), by=request.member.actor)
    return show_link(request, issued, warung=warung, back=reverse("warungs:profile"))


@at_the_warung
@require_POST
@at_counter
@owners_only
def withdraw_staff(request: CounterRequest, invitation_id: UUID) -> HttpResponse:
    """The link no longer works."""
    invitation = invitation_to(request.counter.warung, Role.STAFF, invitation_id)
    withdraw_invitation(invitation=invitation, by=request.member.actor)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("warungs:profile")


@at_the_warung
@require_POST
@at_counter
@owners_only
def dismiss(request: CounterRequest, person_id: UUID) -> HttpResponse:
    """This person no longer helps here."""
    warung = request.counter.warung
    person = staff_member(warung, person_id)
    remove_staff(warung=warung, user=person, by=request.member.actor)
    messages.success(request, _("%(name)s no longer works here.") % {"name": str(person)})
    return redirect("warungs:profile")
