"""Facts of a business: how they must look, and how a supplier changes its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from lokal.npwp import parse_npwp

from shared_apps.regions.models import Level
from shared_apps.regions.selectors import area, districts_under
from shared_apps.supplier_catalog.errors import AreaInUse, FactRefused
from shared_apps.supplier_catalog.locks import hold_catalogue_of
from shared_apps.supplier_catalog.models import SupplierArea, SupplierOrganisation
from shared_apps.supplier_catalog.selectors import offers_in_force
from tenants.identity.phones import clean_phone
from tenants.kernel import clock

# What people write between the digits of a number.
_BETWEEN = re.compile(r"[\s.\-]+")
# More areas than a supplier delivers to one by one: beyond that it is a province.
MOST_AREAS = 60
DELIVERED = (Level.PROVINCE, Level.REGENCY, Level.DISTRICT)


@dataclass(frozen=True)
class Business:
    """What a supplier tells of itself. `area` is the code of the official area where it is."""

    name: str
    address: str
    area: str
    phone: str
    email: str
    about: str = ""


def clean_nib(typed: str) -> str:
    """The 13 digits of a Nomor Induk Berusaha.

    Raises:  FactRefused.
    Source:  PP 5/2021 article 1; only the form is checked, the office that gave it is not asked.
    """
    digits = _BETWEEN.sub("", typed)
    if not (digits.isascii() and digits.isdigit()):
        raise FactRefused(_("An NIB has digits only. It stands at the top of your NIB letter (OSS)."), field="nib")
    if len(digits) != 13:
        raise FactRefused(_("An NIB has 13 digits; this has %(count)s.") % {"count": len(digits)}, field="nib")
    return digits


def clean_npwp(typed: str) -> str:
    """The 15 or 16 digits of a Nomor Pokok Wajib Pajak; empty for who has none.

    Raises:  FactRefused.
    """
    if not typed.strip():
        return ""
    found = parse_npwp(typed)
    if found.valid and found.digits:
        return str(found.digits)
    if any(issue.code == "nik" for issue in found.errors):
        raise FactRefused(
            _("This NPWP of 16 digits would be an NIK, but no NIK looks like it. Compare it with the card."),
            field="npwp",
        )
    raise FactRefused(_("An NPWP has 16 digits, or 15 in its earlier form."), field="npwp")


def clean_areas(codes: Sequence[str]) -> list[str]:
    """Codes of the areas where a supplier delivers, each once, none inside another.

    Raises:  FactRefused for none or too many; UnknownArea, AreaRetired; AreaTooSmall for a kelurahan.
    """
    wanted = sorted(set(codes))
    if not wanted:
        raise FactRefused(_("Choose at least one area: search it by name, then tick it."), field="areas")
    if len(wanted) > MOST_AREAS:
        raise FactRefused(
            _("Choose at most %(most)s areas. Take the whole regency or province instead.") % {"most": MOST_AREAS},
            field="areas",
        )
    districts_under(wanted)
    return [code for code in wanted if not any(code.startswith(f"{other}.") for other in wanted)]


def clean_business(business: Business) -> Business:
    """The same in the form in which it is kept.

    Raises:  FactRefused, PhoneRefused, UnknownArea.
    """
    name = " ".join(business.name.split())
    if len(name) < 3:
        raise FactRefused(_("Write the name of the business as it stands on the NIB."), field="name")
    return Business(
        name=name,
        address=" ".join(business.address.split()),
        area=area(business.area).code,
        phone=clean_phone(business.phone),
        email=business.email.strip().lower(),
        about=business.about.strip(),
    )


def change_business(
    *,
    organisation: SupplierOrganisation,
    business: Business,
    minimum_order: int,
    order_freight: int,
    allows_pooling: bool,
    by: str,
) -> None:
    """The supplier's own data, as regions see them from now on.

    Units:   rupiah.
    Raises:  what `clean_business` raises.
    Writes:  the supplier; a history row when its name is another.
    """
    clean = clean_business(business)
    with transaction.atomic():
        hold_catalogue_of(organisation)
        one = SupplierOrganisation.objects.get(pk=organisation.pk)
        if one.name != clean.name:
            one.history.create(
                move="rename",
                before=one.state,
                after=one.state,
                by=by,
                reason=_("was called %(name)s") % {"name": one.name},
                at=clock.now(),
            )
        one.name, one.address, one.area_id = clean.name, clean.address, clean.area
        one.phone, one.email, one.about = clean.phone, clean.email, clean.about
        one.minimum_order, one.order_freight = minimum_order, order_freight
        # A joint purchase that is gathering already goes on: regions plan with it.
        one.allows_pooling = allows_pooling
        one.save()
    organisation.refresh_from_db()


def choose_areas(*, organisation: SupplierOrganisation, codes: Sequence[str]) -> None:
    """Where the supplier delivers from now on.

    Raises:  what `clean_areas` raises; AreaInUse where something is offered in an area that no other one of them holds.
    """
    wanted = clean_areas(codes)
    with transaction.atomic():
        hold_catalogue_of(organisation)
        offered = offers_in_force(organisation).exclude(area=None).values_list("area_id", flat=True).distinct()
        left = sorted(code for code in offered if not lies_in(code, wanted))
        if left:
            raise AreaInUse(
                _("You still offer articles in %(area)s. End those offers first, or keep the area.")
                % {"area": area(left[0]).name}
            )
        organisation.areas.exclude(area__in=wanted).delete()
        SupplierArea.objects.bulk_create(
            [SupplierArea(organisation=organisation, area_id=code) for code in wanted], ignore_conflicts=True
        )


def lies_in(code: str, areas: Sequence[str]) -> bool:
    """Whether an official area is one of these or inside one of them."""
    return any(code == one or code.startswith(f"{one}.") for one in areas)
