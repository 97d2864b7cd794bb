"""A supplier for the demo region, registered, verified and offering through the services that suppliers use.

All of it is invented, and says so ("contoh" is "example").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import transaction

from shared_apps.supplier_catalog.models import SupplierOrganisation, Tax
from shared_apps.supplier_catalog.services.deciding import verify
from shared_apps.supplier_catalog.services.drafts import ArticleDraft, OfferDraft, PackDraft
from shared_apps.supplier_catalog.services.facts import Business, change_business
from shared_apps.supplier_catalog.services.inviting import accept_as_new
from shared_apps.supplier_catalog.services.publishing import publish
from shared_apps.supplier_catalog.services.registering import register
from tenants.identity.models import User
from tenants.kernel.barcodes import check_digit
from tenants.kernel.units import BaseUnit
from tenants.outbox.models import OutboxMessage

EMAIL = "pemasok@warsa.test"
NIB = "0000000000017"
PALEMBANG = "16.71"
BUSINESS = Business(
    name="Grosir Sinar Musi (contoh)",
    address="Jalan Tengkuruk Permai 17",
    area="16.71.06",
    phone="+6281200000021",
    email=EMAIL,
    about="Sembako untuk seluruh Palembang. Usaha contoh, semua datanya rekaan.",
)


@dataclass(frozen=True)
class Goods:
    """An article with its pack, and what one costs here; from ten packs on it is two percent cheaper."""

    sku: str
    name: str
    pack: str
    holds: int
    price: int
    unit: BaseUnit = BaseUnit.PIECE
    single: str = ""
    tax: Tax = Tax.NONE
    brand: str = ""
    lead_days: int = 1


G, PPN = BaseUnit.GRAM, Tax.INCLUDED
GOODS = (
    Goods("BM-50", "Beras medium karung 50 kg", "karung 50 kg", 50_000, 575_000, G),
    Goods("BP-25", "Beras premium karung 25 kg", "karung 25 kg", 25_000, 325_000, G),
    Goods("TT-25", "Tepung terigu serbaguna 25 kg", "karung 25 kg", 25_000, 247_000, G, tax=PPN, brand="Cap Contoh"),
    Goods("GP-50", "Gula pasir curah 50 kg", "karung 50 kg", 50_000, 740_000, G),
    Goods("GR-250", "Garam halus beryodium 250 g", "dus 40", 40, 98_000, single="bungkus"),
    Goods("MR-1", "Minyak goreng kemasan rakyat 1 L", "dus 12", 12, 165_000, single="botol", tax=PPN),
    Goods("MP-2", "Minyak goreng premium 2 L", "dus 6", 6, 205_000, single="pouch", tax=PPN, brand="Cap Contoh"),
    Goods("TA-15", "Telur ayam ras peti 15 kg", "peti 15 kg", 15_000, 360_000, G),
    Goods("SK-370", "Susu kental manis kaleng 370 g", "dus 48", 48, 515_000, single="kaleng", tax=PPN, lead_days=2),
    Goods("MG-40", "Mi instan goreng", "dus 40", 40, 108_000, single="bungkus", tax=PPN, brand="Cap Contoh"),
    Goods("MK-40", "Mi instan kuah", "dus 40", 40, 105_000, single="bungkus", tax=PPN, brand="Cap Contoh"),
    Goods("KS-120", "Kopi bubuk sachet", "dus 120", 120, 146_000, single="sachet", tax=PPN, lead_days=2),
)


def furnish_supplier(*, operator: User, password: str) -> bool:
    """The demo supplier sells in Palembang, and somebody signs in for it. All of it or nothing; False when it did already."""
    with transaction.atomic():
        if SupplierOrganisation.objects.filter(nib=NIB).exists():
            return False
        one = register(business=BUSINESS, nib=NIB, npwp="", areas=[PALEMBANG], person="Halim", source="demo")
        user, _invitation = accept_as_new(token=_mailed_token(), name="Halim", password=password, language="id")
        change_business(
            organisation=one,
            business=BUSINESS,
            minimum_order=2_000_000,
            order_freight=75_000,
            allows_pooling=True,
            by=user.actor,
        )
        verify(organisation=one, by=operator.actor)
        drafts = [_draft(number, goods) for number, goods in enumerate(GOODS, start=1)]
        publish(organisation=one, drafts=drafts, by=user.actor)
    return True


def _draft(number: int, goods: Goods) -> ArticleDraft:
    packs = [PackDraft(goods.pack, goods.holds)]
    if goods.single:
        # Numbers that begin with 20 are for a shop's own use, so they are no maker's.
        digits = f"20{number:010}"
        packs.insert(0, PackDraft(goods.single, 1, digits + check_digit(digits)))
    offer = OfferDraft(
        pack=goods.pack,
        tiers=((1, goods.price), (10, goods.price * 98 // 100 // 500 * 500)),
        area=PALEMBANG,
        lead_days=goods.lead_days,
    )
    return ArticleDraft(
        sku=goods.sku,
        name=goods.name,
        brand=goods.brand,
        base_unit=goods.unit,
        tax=goods.tax,
        packs=tuple(packs),
        offers=(offer,),
    )


def _mailed_token() -> str:
    letter = OutboxMessage.objects.filter(payload__to=EMAIL).latest("pk")
    found = re.search(r"/pemasok/undangan/([\w-]+)/", letter.payload["body"])
    if found is None:
        raise LookupError("the mail holds no invitation")
    return found[1]
