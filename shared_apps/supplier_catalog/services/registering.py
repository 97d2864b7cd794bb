"""A business registers itself as a supplier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from shared_apps.supplier_catalog.errors import NibTaken, TooMany
from shared_apps.supplier_catalog.models import (
    SupplierArea,
    SupplierOrganisation,
    SupplierRole,
    SupplierState,
)
from shared_apps.supplier_catalog.services.facts import Business, clean_areas, clean_business, clean_nib, clean_npwp
from shared_apps.supplier_catalog.services.inviting import REGISTRATION, invite
from tenants.kernel import clock
from tenants.limits import within_limit

MAX_PER_SOURCE_AND_HOUR = 10
MAX_PER_HOUR = 200


def register(
    *, business: Business, nib: str, npwp: str, areas: Sequence[str], person: str, source: str
) -> SupplierOrganisation:
    """The business is registered, and who registered it is invited by mail to administer it.

    As long as nobody has followed that link, registering the same NIB again takes the place of what was written before:
    a mistyped address keeps nobody out. `source` is where the form came from.

    States:  -> registered.
    Raises:  NibTaken once somebody works for a supplier with this NIB; TooMany; FactRefused, PhoneRefused; refusals of areas.
    Writes:  SupplierOrganisation, SupplierArea, SupplierInvitation, outbox mail.
    """
    clean, number, tax_number, codes = clean_business(business), clean_nib(nib), clean_npwp(npwp), clean_areas(areas)
    _must_be_few(source)
    try:
        with transaction.atomic():
            one = _unconfirmed(number) or SupplierOrganisation(nib=number)
            one.npwp, one.name, one.address, one.area_id = tax_number, clean.name, clean.address, clean.area
            one.phone, one.email, one.about, one.registered_at = clean.phone, clean.email, clean.about, clock.now()
            one.save()
            one.areas.all().delete()
            SupplierArea.objects.bulk_create(SupplierArea(organisation=one, area_id=code) for code in codes)
            invite(organisation=one, email=clean.email, name=person, role=SupplierRole.ADMIN, by=REGISTRATION)
    except IntegrityError as twice:
        if "supplier_nib_once" not in str(twice):
            raise
        raise _taken() from twice
    return one


def _unconfirmed(nib: str) -> SupplierOrganisation | None:
    """The supplier of this NIB, locked, that nobody has come to administer yet; its open invitations end."""
    found = (
        SupplierOrganisation.objects.select_for_update()
        .filter(nib=nib)
        .exclude(state=SupplierState.REFUSED)
        .order_by("pk")
        .first()
    )
    if found is None:
        return None
    if found.state != SupplierState.REGISTERED or found.members.exists():
        raise _taken()
    found.invitations.filter(accepted_at=None, withdrawn_at=None).update(withdrawn_at=clock.now())
    return found


def _taken() -> NibTaken:
    return NibTaken(
        _(
            "A supplier with this NIB is registered already. If it is yours, sign in; if you have no access, ask its"
            " administrator to invite you."
        ),
        field="nib",
    )


def _must_be_few(source: str) -> None:
    last_hour = SupplierOrganisation.objects.filter(registered_at__gt=clock.now() - timedelta(hours=1))
    if last_hour.count() >= MAX_PER_HOUR or not within_limit(
        "supplier.register", source, most=MAX_PER_SOURCE_AND_HOUR, seconds=3600
    ):
        raise TooMany(_("Many suppliers were registered from here just now. Try again in an hour."))
