"""Pre-orders by who may see them."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from tenant_apps.accounts.access import Member
from tenant_apps.fresh_buying.models import PreOrder


def preorders_of_customer(member: Member) -> QuerySet[PreOrder]:
    """The person's own, newest first."""
    return PreOrder.objects.filter(customer=member.user).select_related("stand").order_by("-placed_at", "-pk")


def own_preorder(member: Member, number: str) -> PreOrder:
    """The access door of who ordered. Not theirs and not there answer alike.

    Raises:  Http404.
    """
    return _there(PreOrder.objects.filter(customer=member.user, number=number))


def preorder_for_satker(number: str) -> PreOrder:
    """Raises Http404."""
    return _there(PreOrder.objects.filter(number=number))


def _there(rows: QuerySet[PreOrder]) -> PreOrder:
    found = rows.select_related("stand", "for_warung", "trip", "customer").first()
    if found is None:
        raise Http404("no such pre-order")
    return found
