"""A citizen's claims: what they saw cheaper, and what was decided."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.catalog.models import Product
from tenant_apps.pricing.forms import ClaimForm, DecisionForm
from tenant_apps.pricing.models import ClaimState, PriceClaim
from tenant_apps.pricing.pictures import redrawn
from tenant_apps.pricing.selectors import claim_for, claims_of, known_markets, own_claim_for, price_rule
from tenant_apps.pricing.services import accept_claim, claimable_lines, reject_claim, submit_claim, withdraw_claim
from tenants.access import signed_in
from tenants.context import current_region
from tenants.forms import asked_text
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

A_PAGE = 20

officers = roles_only(Role.SATKER)
read_or_send = require_http_methods(["GET", "HEAD", "POST"])


@signed_in
@require_safe
def own_claims(request: RegionRequest) -> HttpResponse:
    """What the person has claimed, and what they could claim."""
    page = Paginator(claims_of(request.member.user), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "pricing/claims.html", {"page": page, "rule": price_rule()})


@signed_in
@read_or_send
def new_claim(request: RegionRequest) -> HttpResponse:
    """First which purchase, then where it was cheaper. `baris` names a line, `barang` a product."""
    lines = claimable_lines(request.member.user)
    wanted = asked_text(request, "baris")
    line = next((one for one in lines if one.line == wanted), None)
    if line is None:
        about = asked_text(request, "barang")
        if about:
            ids = _products(about)
            lines = [one for one in lines if one.product_id in ids]
        if request.method == "POST":
            raise Http404("no such purchase")
        return render(request, "pricing/claim_line.html", {"lines": lines[:100], "rule": price_rule()})
    product = Product.objects.get(pk=line.product_id)
    packs = sorted(product.packs.all(), key=lambda pack: (pack.use != "sell", pack.order, pack.pk))
    sent = request.method == "POST"
    form = ClaimForm(
        product,
        packs,
        request.POST if sent else None,
        request.FILES if sent else None,
        today=clock.today(current_region().time_zone),
    )
    if form.is_valid():
        told = form.cleaned_data
        try:
            submit_claim(
                user=request.member.user,
                line=line.line,
                market=told["market"],
                seen_on=told["seen_on"],
                per_quantity=told["per"],
                price=told["price"],
                photo=redrawn(told["photo"]),
                note=told["note"],
            )
        except DomainError as refused:
            form.add_error("photo" if refused.code == "bad_picture" else None, refused.message)
        else:
            messages.success(request, _("Your claim is with the Satker. You hear from us when it is decided."))
            return redirect("pricing:own_claims")
    return render(request, "pricing/claim_new.html", {"line": line, "form": form, "markets": known_markets()})


def _products(text: str) -> set[int]:
    try:
        return set(Product.objects.filter(public_id=UUID(text)).values_list("pk", flat=True))
    except ValueError:
        return set()


@signed_in
@require_safe
def own_claim(request: RegionRequest, public_id: UUID) -> HttpResponse:
    claim = own_claim_for(request.member.user, public_id)
    return render(request, "pricing/claim.html", {"claim": claim, "events": claim.events.all()})


@signed_in
@require_POST
def take_back(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """The person no longer claims it."""
    claim = own_claim_for(request.member.user, public_id)
    try:
        withdraw_claim(claim=claim, by=request.member.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.info(request, _("You have taken your claim back."))
    return redirect("pricing:own_claim", public_id)


@signed_in
@require_safe
def photo(request: RegionRequest, public_id: UUID) -> HttpResponseBase:
    """The proof: for the person who sent it, and for the Satker."""
    if Role.SATKER in request.member.roles:
        return _picture(claim_for(public_id))
    return _picture(own_claim_for(request.member.user, public_id))


def _picture(claim: PriceClaim) -> HttpResponseBase:
    try:
        return FileResponse(claim.photo.open(), content_type="image/jpeg", headers={"Cache-Control": "private"})
    except FileNotFoundError as lost:
        raise Http404("the photo is not there") from lost


@officers
@require_safe
def claims(request: RegionRequest) -> HttpResponse:
    """What waits for a decision, oldest first; what was decided, newest first."""
    tab = "decided" if request.GET.get("tab") == "decided" else "waiting"
    waiting = PriceClaim.objects.filter(state=ClaimState.SUBMITTED)
    decided = PriceClaim.objects.filter(state__in=[ClaimState.ACCEPTED, ClaimState.REJECTED])
    rows = waiting.order_by("pk") if tab == "waiting" else decided.order_by("-pk")
    page = Paginator(rows.select_related("user"), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "pricing/claims_board.html", {"page": page, "tab": tab, "waiting": waiting.count()})


@officers
@read_or_send
def decide(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """One claim beside what was paid: accept it, or say why not."""
    claim = claim_for(public_id)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        told = form.cleaned_data
        try:
            if told["do"] == "accept":
                accept_claim(
                    claim=claim,
                    by=request.member.actor,
                    observer=str(request.member.user)[:120],
                    as_evidence=told["evidence"],
                )
                messages.success(request, _("The claim is accepted, and the difference is on the customer's balance."))
            else:
                reject_claim(claim=claim, reason=told["reason"], by=request.member.actor)
                messages.success(request, _("The claim is rejected, and the customer reads why."))
        except DomainError as refused:
            form.add_error(
                "reason" if refused.code == "bad_price" and told["do"] == "reject" else None, refused.message
            )
        else:
            return redirect("pricing:claims")
    return render(request, "pricing/claim_decide.html", {"claim": claim, "form": form, "events": claim.events.all()})
