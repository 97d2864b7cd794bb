"""What the canary's trade needs in its region: a warung with an owner and goods, a unit that takes waste, members with books.

Each is made by the services that people use, once; the next run finds it by who made it. The people of it have neither address
nor telephone number, so nobody can sign in as them and no message leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from django.db import transaction

from shared_apps.canary.errors import WrongEffect
from tenant_apps.accounts.models import Role
from tenant_apps.accounts.services.inviting import accept, invite
from tenant_apps.bank_sampah.models import (
    Composition,
    Group,
    Measure,
    Member,
    SavingsBook,
    WasteGrade,
    WasteUnit,
    Withdrawal,
    WithdrawalState,
)
from tenant_apps.bank_sampah.selectors.books import asked_on, free_book
from tenant_apps.bank_sampah.selectors.prices import prices_for_members, terms_on
from tenant_apps.bank_sampah.services import add_type, cancel, join, make_unit, set_price, set_up
from tenant_apps.catalog.models import Category, Kind, Pack, Product, Use
from tenant_apps.catalog.services import PackDraft, save_category, save_product
from tenant_apps.orders.models import Order, OrderState
from tenant_apps.orders.services.filling import call_off, cancel_order
from tenant_apps.pricing.selectors import evidence_for, price_rule
from tenant_apps.pricing.services import observe_market, publish_price
from tenant_apps.stock.selectors import available_at
from tenant_apps.stock.services import Line, location_of_warung, receive
from tenant_apps.warungs.models import Neighbourhood, Warung, WarungState
from tenant_apps.warungs.services import open_warung, register_warung, set_hours
from tenants.context import current_region
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.units import BaseUnit

BY = "system:canary"
SKU = "UJI-KENARI"
WASTE = "UJI-KENARI"
ALL_DAY = [(day, time(0), time(0)) for day in range(7)]
# Rupiah for a piece, as it is sold and as the market asks for it.
PRICE, MARKET_PRICE = 1_000, 10_000
# Rupiah for a kilogram of the waste.
WASTE_PRICE = 10_000
# Pieces: fewer than the first on the shelf, and so many come in.
LEAST_STOCK, DELIVERY = 10, 500


@dataclass(frozen=True)
class Props:
    """All of it, as it is now."""

    warung: Warung
    owner: User
    pack: Pack
    unit: WasteUnit
    grade: WasteGrade
    citizen: User


def the_props() -> Props:
    """What `prepare` made, in the bound region."""
    warung = _warung_of_ours()
    pack = Pack.objects.select_related("product").filter(product__sku=SKU, use=Use.SELL).first()
    if warung is None or warung.owner is None or pack is None:
        raise WrongEffect("the warung, its owner or its goods are not there")
    unit = WasteUnit.objects.get(warung=warung)
    citizen = _members(unit)[0].user
    if citizen is None:
        raise WrongEffect("the first member has no account")
    return Props(warung, warung.owner, pack, unit, WasteGrade.objects.get(type__code=WASTE), citizen)


def prepare(reference: str) -> None:
    """What is missing is made, and what a run before left half done is given up. A second call changes nothing.

    Writes:  warung, owner, article, price with evidence, stock under `reference`; waste bank, unit, type, price, first member.
    """
    with transaction.atomic():
        warung = _warung_of_ours() or _open_warung()
        product = Product.objects.filter(sku=SKU).first() or _make_article()
        pack = product.packs.get(use=Use.SELL)
        today = clock.today(current_region().time_zone)
        if evidence_for(product.pk, price_rule()) is None:
            observe_market(
                product=product, market="Pasar uji kenari", observed_on=today, per_quantity=1, price=MARKET_PRICE, observer="Kenari"
            )  # fmt: skip
        publish_price(warung=warung, pack=pack, price=PRICE, by=BY)
        if available_at(warung, [product.pk])[product.pk] < LEAST_STOCK:
            line = Line(product.pk, DELIVERY)
            receive(location=location_of_warung(warung), lines=[line], reference=reference, by=BY)
        set_up(name=f"Bank Sampah {current_region().name}", by=BY)
        unit = WasteUnit.objects.filter(warung=warung).first() or make_unit(name="Unit Kenari (uji)", warung=warung)
        grade = WasteGrade.objects.filter(type__code=WASTE).first() or _take_waste()
        if not prices_for_members(unit, [grade.pk]):
            set_price(grade=grade, unit=unit, price=WASTE_PRICE, by=BY)
        if not _members(unit):
            citizen = User.objects.create_user(name="Kenari (uji)")
            join(unit=unit, name="Kenari (uji)", user=citizen, agrees=True, by=BY)
    _give_up_leftovers(unit)


def book_with_room(unit: WasteUnit, amount: int) -> SavingsBook:
    """A book from which so many rupiah may leave today. Terms name the most of a member's day, so one more member may join."""
    today = clock.today(current_region().time_zone)
    members, most = _members(unit), terms_on().most_a_day
    for member in members:
        book = free_book(member)
        if asked_on(book, today) + amount <= most:
            return book
    return free_book(join(unit=unit, name=f"Kenari {len(members) + 1} (uji)", agrees=True, by=BY))


def _members(unit: WasteUnit) -> list[Member]:
    return list(Member.objects.select_related("user").filter(unit=unit, by=BY).order_by("pk"))


def _warung_of_ours() -> Warung | None:
    rows = Warung.objects.exclude(state=WarungState.CLOSED).filter(history__move="register", history__by=BY)
    return rows.select_related("owner").order_by("pk").first()


def _open_warung() -> Warung:
    village = Neighbourhood.objects.order_by("village_code").values_list("village_code", flat=True).first()
    if village is None:
        raise WrongEffect("the region has no kelurahan yet")
    warung = register_warung(name="Warung Kenari (uji)", village_code=village, pickup=True, by=BY)
    owner = User.objects.create_user(name="Pemilik Warung Kenari (uji)")
    issued = invite(role=Role.OWNER, name=owner.name, subject=warung.public_id, by=BY)
    accept(token=issued.link.rstrip("/").rpartition("/")[2], user=owner)
    warung.refresh_from_db()
    set_hours(warung=warung, hours=ALL_DAY)
    open_warung(warung=warung, by=BY)
    return warung


def _make_article() -> Product:
    shelf = Category.objects.filter(name="Uji kenari").first() or save_category(name="Uji kenari", order=999)
    return save_product(
        sku=SKU,
        name="Barang uji kenari",
        category=shelf,
        kind=Kind.PACKAGED,
        base_unit=BaseUnit.PIECE,
        synonyms="",
        market_price_hint=None,
        packs=[PackDraft("buah", 1, Use.SELL)],
    )


def _take_waste() -> WasteGrade:
    return add_type(
        code=WASTE, name="Uji kenari", group=Group.OTHER, composition=Composition.PLASTIC, measure=Measure.GRAM
    )


def _give_up_leftovers(unit: WasteUnit) -> None:
    """Orders and payouts in which a run was cut off do not wait for ever."""
    citizen = _members(unit)[0].user
    for order in Order.objects.filter(customer=citizen, state=OrderState.PLACED):
        cancel_order(order=order, by=BY)
    for order in Order.objects.filter(customer=citizen, state__in=[OrderState.ACCEPTED, OrderState.PACKED]):
        call_off(order=order, reason="Uji kenari terputus.", by=BY)
    for payout in Withdrawal.objects.filter(book__member__in=_members(unit), state=WithdrawalState.REQUESTED):
        cancel(withdrawal=payout, by=BY)
