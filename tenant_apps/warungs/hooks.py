"""What building a region makes of its neighbourhoods, who gets a warung by invitation, what lists and boards ask."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from shared_apps.regions.selectors import villages_under
from tenant_apps.accounts.models import Invitation, Role
from tenant_apps.accounts.reactions import on_accept
from tenant_apps.warungs.models import Neighbourhood, Warung, WarungState
from tenant_apps.warungs.services import add_staff, enter_villages, give_to_owner
from tenants.context import current_region
from tenants.hooks import DayFigure, NewRegion, checklist_item, provision_step, region_days, region_status
from tenants.identity.models import User
from tenants.kernel import clock


@provision_step("neighbourhoods", label=_("Listing the kelurahan"), order=30)
def neighbourhoods(new: NewRegion) -> None:
    enter_villages(codes=villages_under(new.area_codes))


@on_accept(Role.OWNER)
def owner_accepted(invitation: Invitation, user: User) -> None:
    """The warung that the invitation is for belongs to whoever accepted it."""
    warung = _warung_of(invitation)
    if warung is not None:
        give_to_owner(warung=warung, user=user)


@on_accept(Role.STAFF)
def staff_accepted(invitation: Invitation, user: User) -> None:
    """Whoever accepted helps in the warung that the invitation is for."""
    warung = _warung_of(invitation)
    if warung is not None:
        add_staff(warung=warung, user=user)


def _warung_of(invitation: Invitation) -> Warung | None:
    if invitation.subject is None:
        return None
    return Warung.objects.select_for_update().filter(public_id=invitation.subject).first()


@checklist_item(
    "neighbourhoods",
    title=_("Enter RW and RT"),
    hint=_("People find the nearest warung by them. Begin with the kelurahan of your first warung."),
    url_name="region_setup:villages",
    order=20,
)
def neighbourhoods_entered() -> bool:
    return Neighbourhood.objects.filter(rw__gt=0).exists()


@checklist_item(
    "first_warung",
    title=_("Register the first warung"),
    hint=_("Enter it and send its owner the invitation; done when the owner has accepted."),
    url_name="warungs:registry",
    order=40,
)
def first_warung() -> bool:
    return Warung.objects.filter(owner__isnull=False).exclude(state=WarungState.CLOSED).exists()


@region_status("warungs")
def measure() -> dict[str, int | str | None]:
    return {"warungs_open": Warung.objects.filter(state=WarungState.OPEN).count()}


@region_days("warungs", "warungs")
def warungs_by_district(since: date) -> Iterable[DayFigure]:
    """Open warungs of each kecamatan, as of today."""
    today = clock.today(current_region().time_zone)
    # A kelurahan's code begins with its kecamatan's.
    district = Left("village_code", 8)
    rows = Warung.objects.filter(state=WarungState.OPEN).order_by().values_list(district).annotate(Count("pk"))
    return [DayFigure(code, today, "warungs", number) for code, number in rows]
