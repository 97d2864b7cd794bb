"""Operators turn features on and off."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.care.errors import FlagKnown
from shared_apps.care.forms import FlagForm, hosts_of
from shared_apps.care.models import Flag
from shared_apps.care.selectors import reached_by
from shared_apps.care.services.flagging import Reach, change_flag, drop_flag, make_flag
from shared_apps.care.views.common import may_write, picker_of, was_sent
from shared_apps.operations.access import operator_of, operators_only
from shared_apps.regions.models import Area
from tenants.identity.selectors import names_of

ROWS = 25


@operators_only
@require_safe
def flags(request: HttpRequest) -> HttpResponse:
    """All flags, and in how many regions each is on."""
    page = Paginator(Flag.objects.all(), ROWS).get_page(request.GET.get("page"))
    numbers = reached_by(page.object_list)
    codes = {code for flag in page.object_list for code in flag.area_codes}
    areas = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    context = {
        "page": page,
        "rows": [
            (flag, numbers.get(flag.pk, 0), [areas.get(code, code) for code in flag.area_codes])
            for flag in page.object_list
        ],
        "names": names_of(flag.changed_by for flag in page.object_list),
        "may_write": may_write(request),
    }
    return render(request, "care/flags.html", context)


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def flag_form(request: HttpRequest, name: str = "") -> HttpResponse:
    """A new flag, or where one is on."""
    flag = get_object_or_404(Flag, name=name) if name else None
    initial = {}
    if flag is not None:
        initial = {
            "name": flag.name,
            "words": flag.words,
            "everybody": flag.everybody,
            "percent": flag.percent,
            "regions": hosts_of(flag.region_ids),
        }
    form = FlagForm(request.POST if was_sent(request) else None, initial=initial)
    if flag is not None:
        form.fields["name"].disabled = True
    hint = _("It is on in every region that holds a kecamatan of these areas.")
    picker = picker_of(request, label=_("Areas"), hint=hint, initial=flag.area_codes if flag else ())
    if was_sent(request) and form.is_valid():
        data = form.cleaned_data
        reach = Reach(data["everybody"], tuple(picker.codes), tuple(data["regions"]), data["percent"])
        try:
            if flag is None:
                make_flag(name=data["name"], words=data["words"], reach=reach, by=operator_of(request).actor)
            else:
                change_flag(flag=flag, words=data["words"], reach=reach, by=operator_of(request).actor)
        except FlagKnown as refused:
            form.add_error("name", refused.message)
        else:
            messages.success(request, _("Saved. Regions follow within seconds."))
            return redirect("care:flags")
    context = {"form": form, "picker": picker, "flag": flag}
    return render(request, "care/flag_form.html", context, status=400 if was_sent(request) else 200)


@operators_only
@require_POST
def remove(request: HttpRequest, name: str) -> HttpResponse:
    """The flag is off everywhere."""
    drop_flag(flag=get_object_or_404(Flag, name=name), by=operator_of(request).actor)
    messages.success(request, _("The flag is gone, and the feature is off everywhere."))
    return redirect("care:flags")
