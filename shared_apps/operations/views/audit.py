"""The platform's log: who did what, searched, checked for gaps, and taken along as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shared_apps.operations.access import operators, operators_only
from shared_apps.operations.forms import AuditForm
from shared_apps.operations.models import OperatorRole
from tenants.audit import selectors
from tenants.audit.models import AuditEvent
from tenants.exports import csv_file
from tenants.identity.selectors import names_of

ROWS = 50
MOST_IN_FILE = 100_000


@operators_only
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """The newest first."""
    form = AuditForm(request.GET)
    found = _found(form)
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "names": names_of(one.actor for one in page.object_list),
        "filtered": request.GET.urlencode(),
    }
    return render(request, "operations/audit.html", context)


@operators_only
@require_safe
def log_file(request: HttpRequest) -> FileResponse:
    """What the form finds, at most MOST_IN_FILE rows."""
    return csv_file("catatan-audit", _rows(_found(AuditForm(request.GET))[:MOST_IN_FILE].iterator()))


@operators(writes=OperatorRole.READER)
@require_POST
def prove(request: HttpRequest) -> HttpResponse:
    """Reads every row and says whether one is missing or changed."""
    found = selectors.findings()
    number, digest = selectors.head()
    return render(request, "operations/audit_proof.html", {"findings": found, "number": number, "digest": digest})


def _found(form: AuditForm) -> QuerySet[AuditEvent]:
    if not form.is_valid():
        return AuditEvent.objects.none()
    told = form.cleaned_data
    return selectors.events(text=told.get("q") or "", since=told.get("since"), until=told.get("until"))


def _rows(events: Iterable[AuditEvent]) -> Iterator[tuple[str | int, ...]]:
    yield (_("number"), _("when"), _("who"), _("what"), _("of what"), _("why"), _("digest"))
    for one in events:
        yield (one.pk, one.at.isoformat(), one.actor, one.action, one.target, one.reason, one.digest)
