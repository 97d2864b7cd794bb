"""The demo region's market: people, goods and a first day of trade, made through the services that people use.

All of it is invented; where a reader could take it for a fact it says so ("contoh" is "example").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from shared_apps.onboarding.models import Service
from tenant_apps.accounts.access import Role
from tenant_apps.accounts.models import Profile
from tenant_apps.accounts.services.inviting import accept, invite
from tenant_apps.agent_banking.customers import customer_number
from tenant_apps.agent_banking.selectors.rules import fee_of, kind_called
from tenant_apps.agent_banking.services import (
    Opening,
    Told,
    apply_as_agent,
    approve_agent,
    open_day,
    record_transaction,
    seed_rules,
)
from tenant_apps.bank_sampah.models import MemberKind
from tenant_apps.bank_sampah.selectors.books import free_book
from tenant_apps.bank_sampah.selectors.prices import taken_grades
from tenant_apps.bank_sampah.services import Weighed, fill_box, join, make_unit, set_bank_terms, set_up, weigh_in
from tenant_apps.catalog.models import Kind, Pack, Product, Use
from tenant_apps.catalog.services import weigh_at_packing
from tenant_apps.fresh_buying.services import put_on_order, set_buying_terms
from tenant_apps.orders.models import Method
from tenant_apps.orders.services.filling import accept_order, hand_over, pack_order
from tenant_apps.orders.services.placing import Address, SeenLine, place_order
from tenant_apps.pricing.selectors import evidence_by_product, offers_of, price_rule, wholesale_offers
from tenant_apps.pricing.services import (
    highest_price,
    market_price_for,
    observe_market,
    publish_price,
    set_wholesale_price,
)
from tenant_apps.procurement.services import (
    Supply,
    Wish,
    accept_restock,
    receive_goods,
    receive_restock,
    send_restock,
    submit_restock,
)
from tenant_apps.satker.models import Satker
from tenant_apps.satker.selectors import the_satker
from tenant_apps.satker.services import confirm_services, save_satker
from tenant_apps.stock.services import Line, location_of_warung, receive
from tenant_apps.warungs.models import Kind as WarungKind
from tenant_apps.warungs.models import Neighbourhood, Warung
from tenant_apps.warungs.services import open_warung, register_warung, set_hours, set_neighbourhood, set_terms
from tenants.context import current_region
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.units import BaseUnit
from tenants.outbox.models import OutboxMessage

MARKET = "Pasar Induk Jakabaring (contoh)"
VILLAGE = "16.71.10.1002"
# Shelves of the first blueprint whose goods go onto the scale.
WEIGHED = ("fresh-food-ikan", "fresh-food-daging")
ALL_DAY = [(day, time(0), time(0)) for day in range(7)]
MORNING_TO_NIGHT = [(day, time(6), time(21)) for day in range(7)]


@dataclass(frozen=True)
class Person:
    """A demo login."""

    email: str
    name: str
    role: Role | None
    phone: str


@dataclass(frozen=True)
class Shop:
    """A demo warung."""

    name: str
    owner: Person
    village: str
    rw: int
    rt: int
    street: str
    hours: list[tuple[int, time, time]]


ADMIN = Person("camat.kalidoni@warsa.test", "Camat Kalidoni", Role.ADMIN, "")
OFFICER = Person("satker@warsa.test", "Yuli", Role.SATKER, "+6281200000011")
HASAN = Person("hasan@warsa.test", "Hasan", Role.OWNER, "+6281200000012")
SITI = Person("siti@warsa.test", "Siti", Role.OWNER, "+6281200000013")
JOKO = Person("joko@warsa.test", "Joko", Role.OWNER, "+6281200000014")
RATNA = Person("ratna@warsa.test", "Ratna", None, "+6281200000015")
PEOPLE = (ADMIN, OFFICER, HASAN, SITI, JOKO, RATNA)
# One for each role: what `make run` prints.
LOGINS = {"Admin": ADMIN, "Satker": OFFICER, "Owner": HASAN, "Citizen": RATNA}

SHOPS = (
    Shop("Warung Hasan", HASAN, VILLAGE, 4, 2, "Jalan Mayor Zen 12", ALL_DAY),
    Shop("Warung Bu Siti", SITI, VILLAGE, 4, 5, "Lorong Kenanga 3", ALL_DAY),
    Shop("Manisan Joko", JOKO, "16.71.10.1001", 2, 1, "Jalan Residen Abdul Rozak 40", MORNING_TO_NIGHT),
)


def furnish(passwords: Mapping[str, str]) -> bool:
    """The bound demo region trades. All of it or nothing; False when it did already. `passwords` by e-mail address.

    A region that an earlier release built without a Satker stays as it is.
    """
    with transaction.atomic():
        if Warung.objects.exists() or not Satker.objects.exists():
            return False
        people = {who.email: _arrive(who, passwords[who.email]) for who in PEOPLE}
        admin, officer = people[ADMIN.email], people[OFFICER.email]
        for village in Neighbourhood.objects.filter(rw=0).values_list("village_code", flat=True):
            for rw in range(1, 7):
                set_neighbourhood(village_code=village, rw=rw, rt_count=6)
        confirm_services(offered=list(Service.values))
        save_satker(
            satker=the_satker(),
            name="Satker Kalidoni",
            address="Jalan Mayor Zen 1, Palembang",
            phone="+62711000000",
            email=OFFICER.email,
        )
        _fill_the_store(officer)
        warungs = [_open(shop, admin, people[shop.owner.email]) for shop in SHOPS]
        for warung, shop in zip(warungs, SHOPS, strict=True):
            owner = people[shop.owner.email]
            _restock(warung, owner, officer)
            _publish(warung, owner)
        _shop(people[RATNA.email], warungs[0], people[HASAN.email])
        _open_stand(admin, officer)
        _save_waste(people, warungs[0])
        _serve_the_bank(warungs[1], people[SITI.email], officer)
        for product in Product.objects.filter(category__slug__in=WEIGHED, base_unit=BaseUnit.GRAM):
            weigh_at_packing(product=product, by_weight=True)
    return True


def keep_password(email: str, password: str) -> None:
    """The demo person of this address signs in with this password: the data may be older than this machine's key."""
    user = User.objects.filter(email=email).first()
    if user is not None and not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])


def _key(text: str) -> UUID:
    """The same key for the same tap."""
    return uuid5(NAMESPACE_URL, f"demo:{text}")


def _arrive(who: Person, password: str) -> User:
    user = User.objects.create_user(
        password=password, name=who.name, email=who.email, phone=who.phone, phone_verified=bool(who.phone)
    )
    if who is ADMIN:
        accept(token=_mailed_token(who.email), user=user)
    elif who is OFFICER:
        accept(token=_token(invite(role=Role.SATKER, name=who.name, by="system:demo").link), user=user)
    elif who is RATNA:
        Profile.objects.create(user=user, village_code=VILLAGE, rw=4, rt=2, address="Lorong Kenanga 5")
    return user


def _mailed_token(email: str) -> str:
    letter = OutboxMessage.objects.filter(payload__to=email, dedupe__startswith="accounts.invitation").latest("pk")
    return _token(letter.payload["body"])


def _token(text: str) -> str:
    found = re.search(r"/undangan/([\w-]+)/", text)
    if found is None:
        raise LookupError("this text holds no invitation")
    return found[1]


def _traded() -> Iterator[tuple[Product, int, list[Pack], Pack]]:
    """Each article with a price hint, its hint, the packs that it is sold in and the first that it is bought in."""
    for product in Product.objects.filter(is_active=True).prefetch_related("packs"):
        sold = [pack for pack in product.packs.all() if pack.use == Use.SELL]
        bought = [pack for pack in product.packs.all() if pack.use == Use.BUY]
        if product.market_price_hint and sold and bought:
            yield product, product.market_price_hint, sold, bought[0]


def _fill_the_store(officer: User) -> None:
    yesterday = clock.today(current_region().time_zone) - timedelta(days=1)
    supplies = []
    for product, hint, sold, bulk in _traded():
        observe_market(
            product=product,
            market=MARKET,
            observed_on=yesterday,
            per_quantity=sold[0].base_quantity,
            price=hint,
            observer=f"{officer.name} (contoh)",
        )
        worth = hint * bulk.base_quantity // sold[0].base_quantity
        set_wholesale_price(satker=the_satker(), pack=bulk, price=max(_hundreds(worth * 88), 100), by=officer.actor)
        supplies.append(Supply(pack=bulk, quantity=20, cost=max(_hundreds(worth * 82), 100)))
    receive_goods(
        satker=the_satker(),
        key=_key("goods"),
        supplier="Pemasok contoh",
        supplier_reference="SJ-CONTOH-1",
        received_on=yesterday,
        lines=supplies,
        by=officer.actor,
    )


def _hundreds(hundredths: int) -> int:
    """So many hundredths of a rupiah, down to whole hundreds of rupiah."""
    return hundredths // 100 // 100 * 100


def _open(shop: Shop, admin: User, owner: User) -> Warung:
    warung = register_warung(
        name=shop.name,
        village_code=shop.village,
        rw=shop.rw,
        rt=shop.rt,
        address=shop.street,
        phone=shop.owner.phone,
        delivers=True,
        pickup=True,
        delivery_fee=2_000,
        by=admin.actor,
    )
    issued = invite(role=Role.OWNER, name=owner.name, subject=warung.public_id, by=admin.actor)
    accept(token=_token(issued.link), user=owner)
    warung.refresh_from_db()
    set_hours(warung=warung, hours=shop.hours)
    open_warung(warung=warung, by=owner.actor)
    return warung


def _open_stand(admin: User, officer: User) -> None:
    """The Satker's Fresh Food stand: ordered until six in the evening, brought the next morning."""
    stand = register_warung(
        name="Fresh Food Kalidoni",
        village_code=VILLAGE,
        rw=1,
        rt=1,
        address="Jalan Mayor Zen 1",
        kind=WarungKind.FRESH,
        delivers=True,
        pickup=True,
        delivery_fee=3_000,
        by=admin.actor,
    )
    today = clock.today(current_region().time_zone)
    set_terms(warung=stand, valid_from=today, cutoff=time(18), lead_days=1, weekdays=range(7))
    goods = [
        Line(product.pk, sold[0].base_quantity * 30)
        for product, _hint, sold, _bulk in _traded()
        if product.kind == Kind.FRESH
    ]
    receive(location=location_of_warung(stand), lines=goods, reference="demo:stand", by=officer.actor, note="contoh")
    _publish(stand, officer, only=Kind.FRESH)
    open_warung(warung=stand, by=officer.actor)
    set_buying_terms(stand=stand, market=MARKET, margin_percent=10)
    for product, _hint, sold, _bulk in _traded():
        if product.kind == Kind.FRESH:
            limit = sold[0].base_quantity * 100
            put_on_order(stand=stand, product=product, section=product.category.name, daily_limit=limit)


def _save_waste(people: Mapping[str, User], warung: Warung) -> None:
    """Hasan's warung takes waste; Ratna and a family next door have books, and the box has some cash."""
    officer, owner, ratna = people[OFFICER.email], people[HASAN.email], people[RATNA.email]
    set_up(name="Bank Sampah Kalidoni", by=officer.actor)
    set_bank_terms(by=officer.actor, share_bps=1_000, proceeds_bps=5_000, least_payout=10_000, most_a_day=1_000_000)
    unit = make_unit(name="Unit Warung Hasan", warung=warung, hours="Sabtu 08.00–11.00")
    fill_box(unit=unit, key=_key("waste box"), amount=250_000, by=officer.actor)
    grades = {one.type.code: one for one in taken_grades()}
    brought = {
        join(unit=unit, name="Ratna", user=ratna, phone=RATNA.phone, rw=4, rt=2, agrees=True, by=owner.actor): (
            {"PL-01": 2_400, "KR-01": 5_150, "KC-01": 12},
            {"LG-03": 850, "PL-07": 300},
        ),
        join(unit=unit, name="Keluarga Zulkifli", kind=MemberKind.FAMILY, rw=4, rt=2, agrees=True, by=owner.actor): (
            {"KR-03": 3_000, "LN-01": 1_250},
        ),
    }
    for member, slips in brought.items():
        for number, lines in enumerate(slips):
            weigh_in(
                unit=unit,
                book=free_book(member),
                key=_key(f"waste {member.name} {number}"),
                lines=[Weighed(grades[code], quantity) for code, quantity in lines.items()],
                by=owner.actor,
            )


def _serve_the_bank(warung: Warung, owner: User, officer: User) -> None:
    """The warung is an agent of the bank, on the first morning of it. All numbers are invented."""
    seed_rules(by=officer.actor)
    agent = approve_agent(
        agent=apply_as_agent(warung=warung, by=owner.actor), bank_number="CONTOH-0046", by=officer.actor
    )
    open_day(agent=agent, opening=Opening(cash=3_000_000, deposit=5_000_000), by=owner.actor)
    served = (
        ("setor_tunai", 500_000, "0000000046"),
        ("bayar_pdam", 85_000, "000046"),
        ("tarik_tunai", 250_000, "0000000064"),
    )
    for number, (code, amount, customer) in enumerate(served, start=1):
        kind = kind_called(code)
        rule = fee_of(kind, clock.now())
        assert rule is not None
        told = Told(kind, rule, amount, customer_number(customer), reference=f"CONTOH{number:04}")
        record_transaction(agent=agent, key=_key(f"agent:{number}"), told=told, by=owner.actor)


def _restock(warung: Warung, owner: User, officer: User) -> None:
    wishes = [Wish(offer.pack_id, 2, offer.price) for offer in wholesale_offers(the_satker())]
    request = submit_restock(warung=warung, key=_key(f"restock:{warung.slug}"), lines=wishes, by=owner.actor)
    packs = {line.pk: line.quantity_asked for line in request.lines.all()}
    request = accept_restock(request=request, quantities=packs, by=officer.actor)
    request = send_restock(request=request, by=officer.actor)
    receive_restock(request=request, quantities=packs, by=owner.actor)


def _publish(warung: Warung, owner: User, only: Kind | None = None) -> None:
    """Each sold pack a little below the market, in whole hundreds; of all articles, or of this kind alone."""
    rule = price_rule()
    traded = list(_traded())
    evidence = evidence_by_product([product.pk for product, *_rest in traded], rule)
    for product, _hint, sold, _bulk in traded:
        if only is not None and product.kind != only:
            continue
        for pack in sold:
            market = market_price_for(evidence[product.pk], pack)
            price = min(_hundreds(market * 97), highest_price(market_price=market, rule=rule))
            if price > 0:
                publish_price(warung=warung, pack=pack, price=price, by=owner.actor)


def _shop(citizen: User, warung: Warung, owner: User) -> None:
    """An order for each tab of the owner's board, and one that was handed over."""
    offers = list(offers_of(warung)[:9])
    baskets = (offers[:3], offers[3:6], offers[6:9], offers[:2])
    steps = (accept_order, pack_order, hand_over)
    for number, basket in enumerate(baskets):
        order = place_order(
            customer=citizen,
            warung=warung,
            key=_key(f"order:{number}"),
            lines=[SeenLine(offer.pack_id, 1, offer.price) for offer in basket],
            method=Method.DELIVERY,
            fee=warung.delivery_fee,
            address=Address(VILLAGE, "Lorong Kenanga 5", 4, 2),
            name=citizen.name,
            phone=citizen.phone,
            by=citizen.actor,
        )
        for step in steps[:number]:
            order = step(order=order, by=owner.actor)
