"""What suppliers changed, and the Satker's answers."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.suppliers.boards import names_for
from tenant_apps.suppliers.forms import ContentForm, uuid_or_none
from tenant_apps.suppliers.models import AdoptionChange
from tenant_apps.suppliers.selectors import (
    WAITING,
    answered_changes,
    change_for,
    count_waiting,
    today_here,
    waiting_changes,
)
from tenant_apps.suppliers.services import Answer, answer, answer_all, find_changes
from tenant_apps.suppliers.views.offers import for_satker
from tenant_apps.suppliers.words import told
from tenants.kernel.errors import DomainError

PER_PAGE = 50


@for_satker
@never_cache
@require_safe
def changes_page(request: RegionRequest) -> HttpResponse:
    """What waits, to be answered by tick; or what was answered, by whom and when."""
    answered = request.GET.get("tab") == "dijawab"
    rows = answered_changes() if answered else waiting_changes()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    names, today = names_for(page.object_list) if answered else {}, today_here()
    shown = [(told(one, today), names.get(one.answered_by, "")) for one in page.object_list]
    context = {"page": page, "changes": shown, "answered": answered, "waiting": count_waiting()}
    return render(request, "suppliers/changes.html", context)


@for_satker
@require_POST
def answer_changes(request: RegionRequest) -> HttpResponse:
    """All that are ticked are answered alike; those that cannot be say why."""
    said = request.POST.get("do", "")
    ticked = {found for text in request.POST.getlist("change")[:PER_PAGE] if (found := uuid_or_none(text))}
    changes = list(AdoptionChange.objects.select_related("adoption").filter(public_id__in=ticked))
    if said not in Answer.values or not changes:
        messages.error(request, _("Tick the changes that you answer first."))
        return redirect("suppliers:changes")
    refused = answer_all(changes=changes, answer=Answer(said), by=request.member.actor)
    for one in refused:
        messages.error(request, one.error.message)
    if done := len(changes) - len(refused):
        messages.success(request, _("Answered: %(count)s.") % {"count": done})
    return redirect("suppliers:changes")


@for_satker
@require_POST
def look_for_changes(request: RegionRequest) -> HttpResponse:
    """Compare now, not only when it is this region's turn."""
    found = find_changes(by=request.member.actor)
    if found:
        messages.success(request, _("New changes: %(count)s.") % {"count": found})
    else:
        messages.info(request, _("Nothing has changed since the last look."))
    return redirect("suppliers:changes")


@for_satker
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_page(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """One change, where the Satker also says how much another pack holds."""
    change = change_for(public_id)
    product = change.adoption.product
    form = ContentForm(request.POST if request.method == "POST" else None, product=product)
    status = 200
    if request.method == "POST":
        said = request.POST.get("do", "")
        status = 400
        if said not in Answer.values:
            form.add_error(None, _("Say whether you accept it."))
        elif form.is_valid():
            try:
                answer(
                    change=change,
                    answer=Answer(said),
                    by=request.member.actor,
                    base_quantity=form.cleaned_data["amount"] if said == Answer.ACCEPT else None,
                )
            except DomainError as refused:
                form.add_error(refused.context.get("field") and "amount", refused.message)
                status = refused.status
                change = change_for(public_id)
            else:
                messages.success(request, _("Answered: %(count)s.") % {"count": 1})
                return redirect("suppliers:changes")
    context = {
        "told": told(change, today_here()),
        "form": form,
        "open": change.state in WAITING,
        "name": names_for([change]).get(change.answered_by, ""),
    }
    return render(request, "suppliers/change.html", context, status=status)
