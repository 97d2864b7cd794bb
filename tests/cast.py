"""The people and goods that the market's tests know.

Ratna buys at Hasan's warung in Kalidoni, where Wati helps at the counter. Yuli runs the Satker, Budi administers the region.
Siti owns another warung there. Made lives in Lombok and has no business in Kalidoni: the stranger who is always in the room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta

from django.test import Client

from tenant_apps.accounts.access import Member
from tenant_apps.accounts.models import Profile, Role, RoleGrant
from tenant_apps.catalog.models import Category, Pack, Product, Use
from tenant_apps.pricing.models import MarketObservation, WarungPrice, WholesalePrice
from tenant_apps.pricing.services import observe_market, publish_price, set_price_rule, set_wholesale_price
from tenant_apps.satker.models import Satker, ServiceSetting
from tenant_apps.stock.services import Line, location_of_satker, location_of_warung, receive
from tenant_apps.warungs.models import Neighbourhood, Warung
from tenant_apps.warungs.services import add_staff, give_to_owner, open_warung, register_warung, set_hours
from tenants.context import current_region
from tenants.hosts import host_of_slug
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.units import BaseUnit

BY = "system:test"
VILLAGE = "16.71.10.1002"
PASSWORD = "rahasia-warga-9"
ALWAYS = [(day, time(0), time(0)) for day in range(7)]


def person(name: str, *roles: Role, phone: str = "", suffix: str = "") -> User:
    """Somebody of the bound region who can sign in by <name>@example.test."""
    user = User.objects.create_user(
        password=PASSWORD,
        name=name,
        email=f"{name.lower()}{suffix}@example.test",
        phone="" if suffix else phone,
        phone_verified=bool(phone and not suffix),
    )
    for role in roles:
        RoleGrant.objects.create(user=user, role=role, by=BY)
    return user


@dataclass(frozen=True)
class Cast:
    """All of them, in one region."""

    ratna: User
    hasan: User
    wati: User
    siti: User
    yuli: User
    budi: User
    satker: Satker
    warung: Warung
    other_warung: Warung
    rice: Product
    kilo: Pack
    sack: Pack
    egg: Product
    piece: Pack
    rice_price: WarungPrice
    egg_price: WarungPrice
    sack_price: WholesalePrice
    seen: MarketObservation

    def member(self, user: User) -> Member:
        return Member(user)


def build_cast(suffix: str = "") -> Cast:
    """Everybody in the bound region: Hasan's warung is open all day, with 50 kg of rice and 10 eggs.

    `suffix` makes room for a second cast in one region.
    """
    today = clock.today(current_region().time_zone)
    set_price_rule(minimum_saving=100, minimum_percent=0, freshness_days=30)
    ServiceSetting.objects.get_or_create(code="sembako")
    satker, _ = Satker.objects.get_or_create(only=True, defaults={"name": "Satker Kalidoni"})
    for village in (VILLAGE, "16.71.10.1003"):
        for rw in (1, 2):
            Neighbourhood.objects.get_or_create(village_code=village, rw=rw, defaults={"rt_count": 8})
    people = {
        "ratna": person("Ratna", phone="+6281200000001", suffix=suffix),
        "hasan": person("Hasan", Role.OWNER, phone="+6281200000002", suffix=suffix),
        "wati": person("Wati", Role.STAFF, suffix=suffix),
        "siti": person("Siti", Role.OWNER, suffix=suffix),
        "yuli": person("Yuli", Role.SATKER, suffix=suffix),
        "budi": person("Budi", Role.ADMIN, suffix=suffix),
    }
    Profile.objects.create(user=people["ratna"], village_code=VILLAGE, rw=1, rt=3, address="Lorong Kenanga 5")
    warung = register_warung(
        name="Warung Hasan", village_code=VILLAGE, rw=1, rt=3, address="Jalan Mawar 1", delivers=True, delivery_fee=2_000, by=BY
    )  # fmt: skip
    other = register_warung(name="Warung Siti", village_code=VILLAGE, rw=2, rt=1, by=BY)
    for one, owner in ((warung, people["hasan"]), (other, people["siti"])):
        give_to_owner(warung=one, user=owner)
        set_hours(warung=one, hours=ALWAYS)
        open_warung(warung=one, by=BY)
    add_staff(warung=warung, user=people["wati"])
    shelf = Category.objects.create(name="Beras & tepung", slug=f"beras-tepung{suffix}")
    rice = Product.objects.create(
        sku=f"SB-001{suffix}",
        name="Beras medium",
        category=shelf,
        base_unit=BaseUnit.GRAM,
        search="beras medium sb-001",
    )
    kilo = Pack.objects.create(product=rice, label="kg", base_quantity=1_000)
    sack = Pack.objects.create(product=rice, label="karung 50 kg", base_quantity=50_000, use=Use.BUY)
    egg = Product.objects.create(
        sku=f"SB-030{suffix}", name="Telur ayam", category=shelf, base_unit=BaseUnit.PIECE, search="telur ayam sb-030"
    )
    piece = Pack.objects.create(product=egg, label="butir", base_quantity=1)
    seen = observe_market(
        product=rice,
        market="Pasar Induk Jakabaring",
        observed_on=today - timedelta(days=1),
        per_quantity=1_000,
        price=15_000,
        observer="Yuli",
    )
    observe_market(
        product=egg, market="Pasar Lemabang", observed_on=today, per_quantity=1, price=2_200, observer="Yuli"
    )
    receive(
        location=location_of_warung(warung),
        lines=[Line(rice.pk, 50_000), Line(egg.pk, 10)],
        reference=f"opening:1{suffix}",
        by=BY,
    )
    receive(location=location_of_satker(satker), lines=[Line(rice.pk, 500_000)], reference=f"opening:2{suffix}", by=BY)
    return Cast(
        **people,
        satker=satker,
        warung=warung,
        other_warung=other,
        rice=rice,
        kilo=kilo,
        sack=sack,
        egg=egg,
        piece=piece,
        rice_price=publish_price(warung=warung, pack=kilo, price=14_500, by=BY),
        egg_price=publish_price(warung=warung, pack=piece, price=2_000, by=BY),
        sack_price=set_wholesale_price(satker=satker, pack=sack, price=650_000, by=BY),
        seen=seen,
    )


def browser_of(user: User | None, slug: str = "kalidoni") -> Client:
    """A client of the region's site, signed in as this person of the bound region; None for a visitor."""
    client = Client(headers={"host": host_of_slug(slug)})
    client.defaults["wsgi.url_scheme"] = "https"
    if user is not None:
        client.force_login(user)
    return client
