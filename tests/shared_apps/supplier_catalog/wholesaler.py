"""Suppliers that the tests know: Sinar Musi of Palembang and Rinjani Pangan of Lombok, with what they offer.

Everything here is called on the platform. `cover` gives a region its kecamatan, as its registration would have.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shared_apps.onboarding.models import CoverageClaim, Registration, State
from shared_apps.supplier_catalog.models import (
    Article,
    ArticlePack,
    ArticleVersion,
    Offer,
    OfferTier,
    SupplierArea,
    SupplierOrganisation,
    SupplierState,
    Tax,
)
from shared_apps.supplier_catalog.models.organisations import new_supplier_role
from tenants.context import as_owner
from tenants.kernel import clock
from tenants.kernel.units import BaseUnit
from tenants.models import Region
from tenants.schemas.grants import make_supplier_role
from tests.cast import BY
from tests.world import supplier_roles

# Kecamatan Kalidoni, and Mataram on Lombok.
KALIDONI, MATARAM = "16.71.10", "52.71.02"


def cover(region: Region, *codes: str) -> None:
    """The region holds these kecamatan."""
    registration, _made = Registration.objects.get_or_create(
        region=region, defaults={"name": region.name, "state": State.LIVE, "area_codes": list(codes)}
    )
    for code in codes:
        CoverageClaim.objects.get_or_create(
            kecamatan_code=code, defaults={"registration": registration, "region": region}
        )


@dataclass(frozen=True)
class Wholesaler:
    """A supplier with offers, by SKU."""

    organisation: SupplierOrganisation
    offers: dict[str, Offer]


def verified(name: str, *, nib: str, areas: Sequence[str] = ("16.71",), **facts: object) -> SupplierOrganisation:
    """A supplier that regions see, with its role in the database."""
    taken = set(SupplierOrganisation.objects.values_list("db_role", flat=True))
    free = next((role for role in supplier_roles() if role not in taken), new_supplier_role())
    one = SupplierOrganisation.objects.create(
        db_role=free,
        name=name,
        nib=nib,
        npwp="0123456789012345",
        address="Jalan Tengkuruk 1",
        area_id="16.71",
        phone="+6281200000101",
        email=f"order-{nib[-4:]}@example.test",
        state=SupplierState.VERIFIED,
        **facts,
    )
    SupplierArea.objects.bulk_create(SupplierArea(organisation=one, area_id=code) for code in areas)
    if free not in supplier_roles():
        with as_owner():
            make_supplier_role(free)
    return one


def offer(
    organisation: SupplierOrganisation,
    sku: str,
    name: str,
    *,
    pack: tuple[str, int],
    price: int,
    unit: BaseUnit = BaseUnit.PIECE,
    area: str | None = "16.71",
    region: Region | None = None,
    tiers: Sequence[tuple[int, int]] = (),
    tax: Tax = Tax.NONE,
    barcode: str = "",
    catch_weight: bool = False,
    **terms: Any,
) -> Offer:
    """An article with one version and one pack (label, base units), offered at so many rupiah a pack from yesterday on."""
    article = Article.objects.filter(organisation=organisation, sku=sku).first()
    if article is None:
        article = Article.objects.create(organisation=organisation, sku=sku)
        version = ArticleVersion.objects.create(
            article=article, number=1, name=name, base_unit=unit, tax=tax, catch_weight=catch_weight, by=BY
        )
        ArticlePack.objects.create(version=version, label=pack[0], base_quantity=pack[1], barcode=barcode)
        article.current = version
        article.save(update_fields=["current"])
    assert article.current is not None
    made = Offer.objects.create(
        public_id=uuid.uuid4(),
        organisation=organisation,
        article=article,
        version=article.current,
        pack=article.current.packs.get(),
        area_id=None if region else area,
        region=region,
        valid_from=clock.today() - timedelta(days=1),
        by=BY,
        **terms,
    )
    for packs, cost in ((1, price), *tiers):
        OfferTier.objects.create(offer=made, packs=packs, price=cost)
    return made


def sinar_musi(**facts: Any) -> Wholesaler:
    """Sells in Palembang: rice in sacks of 50 kg, eggs in crates of 180 with a lower price from 10 crates on, sugar in
    cartons of 20 × 1 kg."""
    one = verified("Sinar Musi", nib="1234567890123", **facts)
    return Wholesaler(
        one,
        {
            "BR-50": offer(
                one, "BR-50", "Beras medium 50 kg", pack=("karung", 50_000), unit=BaseUnit.GRAM, price=600_000
            ),
            "TL-180": offer(one, "TL-180", "Telur ayam", pack=("peti", 180), price=280_000, tiers=[(10, 270_000)]),
            "GL-20": offer(one, "GL-20", "Gula pasir 1 kg", pack=("dus 20", 20_000), unit=BaseUnit.GRAM, price=300_000),
        },
    )


def rinjani_pangan(**facts: Any) -> Wholesaler:
    """Sells on Lombok."""
    one = verified("Rinjani Pangan", nib="9876543210987", areas=("52.71",), **facts)
    return Wholesaler(
        one,
        {
            "BR-25": offer(
                one, "BR-25", "Beras 25 kg", pack=("karung", 25_000), unit=BaseUnit.GRAM, price=320_000, area="52.71"
            )
        },
    )
