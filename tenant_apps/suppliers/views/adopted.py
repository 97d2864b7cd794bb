"""What the region buys of suppliers, product by product."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.suppliers.boards import adopted_board, adopted_products, history_of, line_of, trail_of
from tenant_apps.suppliers.forms import ReasonForm
from tenant_apps.suppliers.models import Adoption
from tenant_apps.suppliers.selectors import adoption_for, count_waiting, today_here
from tenant_apps.suppliers.services import end, pause, resume
from tenant_apps.suppliers.views.offers import for_satker
from tenant_apps.suppliers.words import told
from tenants.forms import asked_text
from tenants.kernel.errors import DomainError

PER_PAGE = 20
VERBS = {"jeda": pause, "akhiri": end}
RESUME = "lanjut"


@for_satker
@require_safe
def adopted_page(request: RegionRequest) -> HttpResponse:
    """Products, and under each the suppliers beside each other."""
    text, ended = asked_text(request), request.GET.get("tab") == "berakhir"
    page = Paginator(adopted_products(text, ended=ended), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "board": adopted_board(list(page.object_list), ended=ended),
        "wanted": text,
        "ended": ended,
        "waiting": count_waiting(),
    }
    return render(request, "suppliers/adopted.html", context)


@for_satker
@never_cache
@require_safe
def adoption_page(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """One adopted article: its terms, how its price went, what happened to it."""
    return _adoption_page(request, adoption_for(public_id))


@for_satker
@require_POST
def move_adoption(request: RegionRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Pause it, go on with it, or end it."""
    adoption = adoption_for(public_id)
    if verb not in {*VERBS, RESUME}:
        raise Http404("no such step")
    form = ReasonForm(request.POST)
    if verb != RESUME and not form.is_valid():
        return _adoption_page(request, adoption, form, verb, status=400)
    try:
        if verb == RESUME:
            resume(adoption=adoption, by=request.member.actor)
        else:
            VERBS[verb](adoption=adoption, by=request.member.actor, reason=form.cleaned_data["reason"])
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        done = {
            "jeda": _("%(article)s is paused."),
            "akhiri": _("%(article)s is bought no more."),
            RESUME: _("%(article)s is bought again."),
        }
        messages.success(request, done[verb] % {"article": adoption.article_name})
    return redirect("suppliers:adoption", adoption.public_id)


def _adoption_page(
    request: RegionRequest, adoption: Adoption, form: ReasonForm | None = None, verb: str = "", *, status: int = 200
) -> HttpResponse:
    line = line_of(adoption)
    context: dict[str, Any] = {
        "line": line,
        "told": told(line.change, today_here()) if line.change else None,
        "trail": trail_of(adoption.article),
        "history": history_of(adoption),
        "pause": form if form and verb == "jeda" else ReasonForm(auto_id="pause_%s"),
        "end": form if form and verb == "akhiri" else ReasonForm(auto_id="end_%s"),
        "verb": verb,
    }
    return render(request, "suppliers/adoption.html", context, status=status)
