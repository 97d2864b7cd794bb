"""Operators tell regions something."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.care.audience import audience
from shared_apps.care.errors import NobodyReached
from shared_apps.care.forms import AnnouncementForm
from shared_apps.care.models import Announcement
from shared_apps.care.services.announcing import announce, end_announcement
from shared_apps.care.views.common import may_write, picker_of, was_sent
from shared_apps.operations.access import operator_of, operators_only
from shared_apps.regions.models import Area
from tenants.identity.selectors import names_of
from tenants.kernel import clock

ROWS = 25


@operators_only
@require_safe
def announcements(request: HttpRequest) -> HttpResponse:
    """All of them, the newest first."""
    page = Paginator(Announcement.objects.all(), ROWS).get_page(request.GET.get("page"))
    codes = {code for one in page.object_list for code in one.area_codes}
    areas = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    words, now = dict(audience()), clock.now()
    rows = [
        (one, [areas.get(code, code) for code in one.area_codes], [words.get(role, role) for role in one.roles])
        for one in page.object_list
    ]
    context = {
        "page": page,
        "rows": rows,
        "now": now,
        "names": names_of(one.by for one in page.object_list),
        "may_write": may_write(request),
    }
    return render(request, "care/announcements.html", context)


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A text for some regions."""
    local = timezone.localtime(clock.now())
    form = AnnouncementForm(
        request.POST if was_sent(request) else None,
        roles=audience(),
        initial={"starts_at": local, "ends_at": local + timedelta(days=3)},
    )
    hint = _("It stands in every region that holds a kecamatan of these areas.")
    picker = picker_of(request, label=_("Areas"), hint=hint)
    if was_sent(request) and form.is_valid():
        try:
            announce(**form.cleaned_data, area_codes=picker.codes, by=operator_of(request).actor)
        except NobodyReached as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("It is announced."))
            return redirect("care:announcements")
    context = {"form": form, "picker": picker}
    return render(request, "care/announcement_form.html", context, status=400 if was_sent(request) else 200)


@operators_only
@require_POST
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """It is shown no more."""
    end_announcement(announcement=get_object_or_404(Announcement, public_id=public_id), by=operator_of(request).actor)
    messages.success(request, _("It is shown no more."))
    return redirect("care:announcements")
