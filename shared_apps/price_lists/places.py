"""Where a list counts: one of the supplier's areas, or one region that lies in them."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from shared_apps.onboarding.models import CoverageClaim
from shared_apps.price_lists.errors import BadList
from shared_apps.regions.selectors import hits_of
from shared_apps.supplier_catalog.models import SupplierArea, SupplierOrganisation
from shared_apps.supplier_catalog.services.standing import Place
from tenants.models import Region, RegionStatus


def areas_of(organisation: SupplierOrganisation) -> list[str]:
    return list(
        SupplierArea.objects.filter(organisation=organisation).order_by("area").values_list("area_id", flat=True)
    )


def regions_within(organisation: SupplierOrganisation) -> QuerySet[Region]:
    """Open regions of which a kecamatan lies where the supplier delivers."""
    codes = areas_of(organisation)
    if not codes:
        nowhere: QuerySet[Region] = Region.objects.none()
        return nowhere
    inside = reduce(or_, (Q(kecamatan_code=code) | Q(kecamatan_code__startswith=f"{code}.") for code in codes))
    held = CoverageClaim.objects.filter(inside, region=OuterRef("pk"))
    found: QuerySet[Region] = Region.objects.filter(Exists(held), status=RegionStatus.READY).order_by("name")
    return found


def choices_for(organisation: SupplierOrganisation) -> list[tuple[str, str]]:
    """(`area:<code>` or `region:<id>`, words) for a form."""
    areas = [(f"area:{hit.area.pk}", hit.path) for hit in hits_of(areas_of(organisation))]
    regions = [
        (f"region:{region.pk}", _("only the region %(name)s") % {"name": region.name})
        for region in regions_within(organisation)
    ]
    return areas + regions


def place_in(text: str) -> Place:
    """What a form's choice means."""
    kind, _colon, value = text.partition(":")
    return (value, None) if kind == "area" else (None, int(value))


def choice_of(place: Place) -> str:
    return f"area:{place[0]}" if place[0] else f"region:{place[1]}"


def name_of(area: str | None, region: Region | None) -> str:
    """The place in words."""
    if area is not None:
        return next((hit.path for hit in hits_of([area])), area)
    return region.name if region else ""


def refuse_foreign_place(organisation: SupplierOrganisation, place: Place) -> None:
    """Raises: BadList where the supplier does not deliver."""
    area, region = place
    if (area is None) == (region is None):
        raise BadList(_("Say for which area or for which region the list is."))
    if area is not None and area not in areas_of(organisation):
        raise BadList(_("You do not deliver in this area. Add it to your areas first."))
    if region is not None and not regions_within(organisation).filter(pk=region).exists():
        raise BadList(_("There is no such region where you deliver."))
