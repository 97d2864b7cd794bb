"""The operators' page of alerts, and their answers to them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shared_apps.care.errors import NoteNeeded
from shared_apps.care.models import Alert
from shared_apps.care.selectors import STATES, alerts_by, csv_rows, filter_of, open_alerts, rows_of
from shared_apps.care.services.answering import acknowledge, silence
from shared_apps.care.views.common import may_write
from shared_apps.operations.access import operator_of, operators_only
from tenants.alerting import Severity, rules
from tenants.exports import csv_file
from tenants.identity.selectors import names_of
from tenants.kernel import clock
from tenants.kernel.paging import CountedPaginator

ROWS = 25
# Hours that a button offers.
SILENCES = (1, 8, 24, 168)


@operators_only
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """What is not well now, the gravest first; or what a filter asks for."""
    asked = filter_of(request.GET)
    page = CountedPaginator(alerts_by(asked), ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": rows_of(page.object_list),
        "asked": asked,
        "states": [(code, asked.with_(state=code)) for code in STATES],
        "severities": Severity.choices,
        "rules": [(rule.name, rule.label) for rule in rules().values()],
        "open": open_alerts(),
        "names": names_of(one.acknowledged_by for one in page.object_list),
    }
    return render(request, "care/alerts.html", context)


@operators_only
@require_safe
def alerts_csv(request: HttpRequest) -> FileResponse:
    """The whole list of a filter for a spreadsheet."""
    return csv_file(f"peringatan-{clock.today().isoformat()}", csv_rows(alerts_by(filter_of(request.GET))))


@operators_only
@require_safe
def alert(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One alert: what it means, what to do, what happened to it."""
    return _page(request, _found(public_id))


@operators_only
@require_POST
def acknowledge_one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Somebody looks after it."""
    one = _found(public_id)
    try:
        acknowledge(alert=one, by=operator_of(request).actor, note=request.POST.get("note", "").replace("\x00", ""))
    except NoteNeeded as refused:
        return _page(request, one, error=refused.message, status=refused.status)
    messages.success(request, _("Acknowledged. It goes by itself when the figure is well again."))
    return redirect("care:alerts")


@operators_only
@require_POST
def silence_one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """It is quiet for a time, or heard again."""
    hours = request.POST.get("hours", "")
    wanted = int(hours) if hours in {"0", *map(str, SILENCES)} else SILENCES[0]
    silence(alert=_found(public_id), by=operator_of(request).actor, hours=wanted)
    messages.success(request, _("It is quiet for now.") if wanted else _("It is heard again."))
    return redirect("care:alert", public_id)


def _found(public_id: UUID) -> Alert:
    rows = Alert.objects.exclude(state=Alert.State.WATCHING).select_related("region")
    return get_object_or_404(rows, public_id=public_id)


def _page(request: HttpRequest, one: Alert, *, error: str = "", status: int = 200) -> HttpResponse:
    events = list(one.events.all())
    (row,) = rows_of([one])
    context = {
        "row": row,
        "one": one,
        "events": events,
        "names": names_of([one.acknowledged_by, *(event.by for event in events)]),
        "silences": SILENCES,
        "may_write": may_write(request),
        "error": error,
    }
    return render(request, "care/alert.html", context, status=status)
