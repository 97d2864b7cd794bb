"""What the supplier portal and the operators read."""

from __future__ import annotations

from django.db.models import QuerySet

from shared_apps.supplier_catalog.models import SupplierMember, SupplierOrganisation
from tenants.identity.models import User


def memberships_of(user: User) -> QuerySet[SupplierMember]:
    """For whom this person works, with the suppliers."""
    return SupplierMember.objects.filter(user=user).select_related("organisation").order_by("organisation__name", "pk")


def last_reason(organisation: SupplierOrganisation) -> str:
    """Why it is in its present state, as the operator said; empty where nothing was said."""
    return organisation.history.order_by("-pk").values_list("reason", flat=True).first() or ""
