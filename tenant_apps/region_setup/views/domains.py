"""The region's own hosts: the admin writes one, proves it by a TXT record, opens it, and gives it up."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.accounts.models import Passkey
from tenants.context import current_region
from tenants.hosts import parse_host
from tenants.kernel.errors import DomainError
from tenants.lifecycle import domains
from tenants.lifecycle.models import DomainClaim
from tenants.lifecycle.own_hosts import shown
from tenants.limits import within_limit

admins = roles_only(Role.ADMIN)
CHECKS_AN_HOUR = 30


class HostForm(forms.Form):
    host = forms.CharField(
        label=gettext_lazy("Host"),
        help_text=gettext_lazy("A host of your own domain, such as pasar.kalidoni.go.id."),
        max_length=253,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "inputmode": "url"}),
    )


@dataclass(frozen=True)
class Row:
    """A host as the page shows it."""

    claim: DomainClaim
    shown: str
    record: str
    is_primary: bool


@admins
@never_cache
@require_safe
def hosts(request: RegionRequest) -> HttpResponse:
    """Every host of the region, how far its proof is, and what is to be done."""
    return _page(request)


def _page(request: RegionRequest, form: HostForm | None = None, status: int = 200) -> HttpResponse:
    region = current_region()
    primary = domains.primary_host(region)
    home = domains.home_at(region)
    rows = [
        Row(claim, shown(claim.host), domains.record_name(claim.host), claim.host == primary)
        for claim in domains.claims_of(region)
    ]
    context = {
        "rows": rows,
        "form": form or HostForm(),
        "home": home,
        "home_is_primary": home == primary,
        # They are bound to the host at which they were made.
        "passkeys": Passkey.objects.count(),
    }
    return render(request, "region_setup/domains.html", context, status=status)


@admins
@require_POST
def ask(request: RegionRequest) -> HttpResponse:
    """A host is written down; the words for its proof appear."""
    form = HostForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 400)
    try:
        domains.ask(region=current_region(), text=form.cleaned_data["host"], by=request.member.actor)
    except DomainError as refused:
        form.add_error("host", str(refused.message))
        return _page(request, form, refused.status)
    return redirect("region_setup:domains")


@admins
@require_POST
def check(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """The DNS is asked now."""
    claim = _own(public_id)
    if not within_limit("domain-check", str(current_region().pk), most=CHECKS_AN_HOUR, seconds=3600):
        messages.error(request, _("That was often enough for now. New records take a while: try again in an hour."))
        return redirect("region_setup:domains")
    try:
        found = domains.check(claim=claim, by=request.member.actor)
    except DomainError as refused:
        messages.error(request, str(refused.message))
    else:
        tell = messages.success if found.found == DomainClaim.Found.PROOF else messages.warning
        tell(request, found.get_found_display())
        if found.state == DomainClaim.State.VERIFIED and domains.points_here(found) is False:
            messages.warning(
                request,
                _("%(host)s does not lead here yet: make it a CNAME of %(home)s.")
                % {"host": shown(found.host), "home": domains.home_at(current_region())},
            )
    return redirect("region_setup:domains")


@admins
@require_POST
def open_host(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """The region answers at the host."""
    return _take(request, _own(public_id), "open_host", _("The region answers at %(host)s now."))


@admins
@require_POST
def remove(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """The region does not answer there any more."""
    return _take(request, _own(public_id), "remove", _("%(host)s is removed."))


@admins
@require_POST
def primary(request: RegionRequest) -> HttpResponse:
    """Links in mails name this host from now on."""
    host = parse_host(request.POST.get("host", ""))
    if host is None:
        raise Http404("not a host")
    try:
        domains.make_primary(region=current_region(), host=host, by=request.member.actor)
    except DomainError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("Links name %(host)s from now on.") % {"host": shown(host)})
    return redirect("region_setup:domains")


def _take(request: RegionRequest, claim: DomainClaim, step: str, done: str) -> HttpResponse:
    try:
        getattr(domains, step)(claim=claim, by=request.member.actor)
    except DomainError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, done % {"host": shown(claim.host)})
    return redirect("region_setup:domains")


def _own(public_id: UUID) -> DomainClaim:
    found = domains.claim_of(current_region(), public_id)
    if found is None:
        raise Http404("not a host of this region")
    return found
