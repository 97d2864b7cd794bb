"""The operators' door."""

from __future__ import annotations

from django.http import HttpRequest

from shared_apps.operations.models import OperatorGrant
from tenants.access import Audience, for_audience
from tenants.context import region_is_bound


def _is_operator(request: HttpRequest) -> bool:
    return not region_is_bound() and OperatorGrant.objects.filter(user=request.user.pk).exists()


OPERATORS = Audience("operators", _is_operator)
operators_only = for_audience(OPERATORS)
