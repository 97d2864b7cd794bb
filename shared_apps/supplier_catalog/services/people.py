"""Who works for a supplier, and in which role."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.supplier_catalog.errors import LastAdmin
from shared_apps.supplier_catalog.locks import hold_catalogue_of
from shared_apps.supplier_catalog.models import SupplierMember, SupplierRole


def change_role(*, member: SupplierMember, role: SupplierRole) -> None:
    """The person works in this role from their next page on.

    Raises:  LastAdmin when nobody else may do everything.
    """
    with transaction.atomic():
        row = _locked(member)
        if row is None or row.role == role:
            return
        if row.role == SupplierRole.ADMIN:
            _must_leave_an_admin(row)
        row.role = role
        row.save(update_fields=["role"])
    member.role = role


def remove(*, member: SupplierMember) -> None:
    """The person no longer works for the supplier; their account stays. Removing twice changes nothing.

    Raises:  LastAdmin when nobody else may do everything.
    """
    with transaction.atomic():
        row = _locked(member)
        if row is None:
            return
        if row.role == SupplierRole.ADMIN:
            _must_leave_an_admin(row)
        row.delete()


def _locked(member: SupplierMember) -> SupplierMember | None:
    """The member as they are now; all changes of a supplier's people wait for each other."""
    hold_catalogue_of(member.organisation)
    return SupplierMember.objects.filter(pk=member.pk).first()


def _must_leave_an_admin(row: SupplierMember) -> None:
    others = SupplierMember.objects.filter(organisation=row.organisation_id, role=SupplierRole.ADMIN)
    # An account that is closed can do nothing any more.
    if not others.filter(user__is_active=True).exclude(pk=row.pk).exists():
        raise LastAdmin(_("Somebody must remain who may do everything. Make another person administrator first."))
