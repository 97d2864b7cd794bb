"""What the operators' pages of care share."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest

from shared_apps.operations.access import may
from shared_apps.operations.models import OperatorRole
from shared_apps.operations.places import LEVELS
from shared_apps.regions.picker import AreaPicker, area_picker, is_search


def may_write(request: HttpRequest) -> bool:
    return may(request, OperatorRole.OPERATOR)


def was_sent(request: HttpRequest) -> bool:
    """Whether the form was sent to be saved, not to search an area."""
    return request.method == "POST" and not is_search(request.POST)


def picker_of(request: HttpRequest, *, label: str, hint: str, initial: Iterable[str] = ()) -> AreaPicker:
    sent = request.POST if request.method == "POST" else None
    return area_picker(sent, label=label, hint=hint, levels=LEVELS, initial=initial)
