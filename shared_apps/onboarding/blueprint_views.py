"""The operators' pages about blueprints. Doors to the services."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from shared_apps.onboarding.differences import count_of, differences
from shared_apps.onboarding.models import Blueprint
from shared_apps.onboarding.services.blueprints import (
    blueprint_for_new_regions,
    choose_for_new_regions,
    export_blueprint,
)
from shared_apps.operations.access import operators_only
from tenants import hooks
from tenants.kernel.errors import DomainError
from tenants.models import Region, RegionStatus

SECTIONS: dict[str, Promise] = {
    "services": gettext_lazy("Services"),
    "catalog": gettext_lazy("Catalogue"),
    "pricing": gettext_lazy("Price rule"),
    "texts": gettext_lazy("Texts"),
    "agent_banking": gettext_lazy("Rules of bank agents"),
    "waste": gettext_lazy("Kinds of waste"),
    "roles": gettext_lazy("Roles"),
    "words": gettext_lazy("Glossary"),
}

PROVENANCE: dict[str, Promise] = {
    "made_on": gettext_lazy("Made on"),
    "copied_from": gettext_lazy("The region itself copied"),
    "prices": gettext_lazy("About the prices"),
    "waste": gettext_lazy("About the waste prices"),
    "note": gettext_lazy("Note"),
    "licence": gettext_lazy("Licence"),
}


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section as the page lists it."""

    label: str
    entries: int
    applied: bool


class CopyForm(forms.Form):
    region = forms.ModelChoiceField(
        label=gettext_lazy("Region"),
        queryset=Region.objects.filter(status=RegionStatus.READY).order_by("name"),
        to_field_name="public_id",
        empty_label=None,
    )
    name = forms.CharField(
        label=gettext_lazy("Name of the blueprint"),
        max_length=60,
        help_text=gettext_lazy("A name that is there already gets its next version."),
    )


@operators_only
@require_safe
def blueprints(request: HttpRequest) -> HttpResponse:
    """Every version, and the form that takes a new one from a live region."""
    return _list_page(request, CopyForm())


def _list_page(request: HttpRequest, form: CopyForm, status: int = 200) -> HttpResponse:
    rows = Blueprint.objects.select_related("region").defer("document").annotate(used=Count("uses"))
    page = Paginator(rows.order_by("slug", "-version"), 25).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "chosen": blueprint_for_new_regions()}
    return render(request, "onboarding/blueprints.html", context, status=status)


@operators_only
@require_POST
def copy_region(request: HttpRequest) -> HttpResponse:
    """The next version, from a live region."""
    form = CopyForm(request.POST)
    if not form.is_valid():
        return _list_page(request, form, status=409)
    newest = Blueprint.objects.defer("document").order_by("-pk").first()
    try:
        made = export_blueprint(
            region=form.cleaned_data["region"],
            by=f"operator:{request.user.public_id}",  # type: ignore[union-attr]
            name=form.cleaned_data["name"],
        )
    except DomainError as refusal:
        form.add_error(None, str(refusal.message))
        return _list_page(request, form, status=409)
    if newest is not None and made.pk <= newest.pk:
        messages.info(request, _("Nothing has changed since this version, so no other was made."))
    return redirect("onboarding:blueprint", made.slug, made.version)


@operators_only
@require_safe
def blueprint(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """One version: its sections, where it comes from, who copied it, and what differs from the version before."""
    one = get_object_or_404(Blueprint.objects.select_related("region"), slug=slug, version=version)
    taken = {name for name, _section in hooks.sections()}
    sections = one.document["sections"]
    before = Blueprint.objects.filter(slug=slug, version__lt=version).order_by("-version").first()
    found = differences(before.document["sections"], sections) if before else []
    rows = [(SECTIONS.get(row.section, row.section), row) for row in found]
    context = {
        "blueprint": one,
        # The database keeps a document's names in an order of its own.
        "sections": [
            SectionRow(str(SECTIONS.get(name, name)), count_of(sections[name]), name in taken)
            for name in [*SECTIONS, *sorted(sections.keys() - SECTIONS.keys())]
            if name in sections
        ],
        "notes": [
            (label, value) for name, label in PROVENANCE.items() if (value := one.document["provenance"].get(name))
        ],
        "uses": one.uses.select_related("region").order_by("-pk")[:50],
        "chosen": blueprint_for_new_regions() == one,
        "before": before,
        "differences": Paginator(rows, 50).get_page(request.GET.get("page")),
    }
    return render(request, "onboarding/blueprint.html", context)


@operators_only
@require_safe
def download(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """The document as a file that `warsa blueprint load` reads."""
    one = get_object_or_404(Blueprint, slug=slug, version=version)
    text = json.dumps(one.document, ensure_ascii=False, indent=2) + "\n"
    return HttpResponse(
        text,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{one.slug}-{one.version}.json"'},
    )


@operators_only
@require_POST
def choose(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """New regions copy this version."""
    one = get_object_or_404(Blueprint, slug=slug, version=version)
    choose_for_new_regions(blueprint=one, by=f"operator:{request.user.public_id}")  # type: ignore[union-attr]
    messages.success(
        request,
        _("New regions will copy %(name)s, version %(version)s.") % {"name": one.name, "version": one.version},
    )
    return redirect("onboarding:blueprint", slug, version)
