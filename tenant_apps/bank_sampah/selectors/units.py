"""Units, and who may work at one."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from tenant_apps.accounts.access import Member as Person
from tenant_apps.accounts.access import Role
from tenant_apps.bank_sampah.models import UnitKind, WasteUnit
from tenant_apps.warungs.models import Warung, WarungState
from tenant_apps.warungs.selectors import warungs_of


def units_of(person: Person) -> QuerySet[WasteUnit]:
    """The units where this person works: the Satker's people everywhere, a warung's people at their own."""
    rows = WasteUnit.objects.select_related("warung").order_by("kind", "name")
    if Role.SATKER in person.roles:
        return rows
    return rows.filter(warung__in=warungs_of(person))


def unit_for(person: Person, public_id: UUID) -> WasteUnit:
    """The access door. Not theirs and not there answer alike.

    Raises:  Http404.
    """
    found = units_of(person).filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such unit of theirs")
    return found


def the_centre() -> WasteUnit:
    """The central unit; setting the waste bank up makes it.

    Raises:  WasteUnit.DoesNotExist.
    """
    return WasteUnit.objects.get(kind=UnitKind.CENTRE)


def open_units() -> QuerySet[WasteUnit]:
    """Units that take waste."""
    return WasteUnit.objects.filter(is_open=True).order_by("kind", "name")


def warungs_without_unit() -> QuerySet[Warung]:
    """Where a unit could be."""
    return Warung.objects.filter(waste_unit__isnull=True, state=WarungState.OPEN).order_by("name")
