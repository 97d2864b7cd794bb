"""The admin's first steps: each line checks itself, from an empty region to a trading market."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse

from tenant_apps.accounts.models import Role
from tenant_apps.catalog.models import Category, Pack, Product
from tenant_apps.pricing.services import observe_market, publish_price, withdraw_price
from tenant_apps.region_setup.views.admin import checklist_of_region
from tenant_apps.satker.hooks import satker
from tenant_apps.satker.models import Satker
from tenant_apps.satker.services import confirm_services, save_satker
from tenant_apps.warungs.hooks import neighbourhoods
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.services import (
    close_warung,
    give_to_owner,
    open_warung,
    register_warung,
    set_hours,
    set_neighbourhood,
)
from tenants import hooks
from tenants.context import current_region, in_region
from tenants.kernel import clock
from tenants.models import Region
from tests.cast import ALWAYS, BY, VILLAGE, Cast, browser_of, person
from tests.tenant_apps.satker.test_building import new_region

OURS = {"services", "neighbourhoods", "satker", "first_warung", "first_product"}


@pytest.fixture
def built(kalidoni: Region) -> Iterator[Region]:
    """Kalidoni right after it was built, bound."""
    with in_region(kalidoni):
        satker(new_region("sembako"))
        neighbourhoods(new_region())
        yield kalidoni


def done() -> set[str]:
    return {item.name for item in hooks.checklist() if item.done()} & OURS


def test_a_new_region_has_everything_to_do(built: Region) -> None:
    assert done() == set()
    names = [item.name for item in hooks.checklist() if item.name in OURS]
    assert names == ["services", "neighbourhoods", "satker", "first_warung", "first_product"]


def test_each_step_ticks_itself_and_only_itself(built: Region) -> None:
    confirm_services(offered=["sembako"])
    assert done() == {"services"}
    set_neighbourhood(village_code=VILLAGE, rw=1, rt_count=4)
    assert done() == {"services", "neighbourhoods"}
    person("Yuli", Role.SATKER)
    assert done() == {"services", "neighbourhoods"}
    save_satker(satker=Satker.objects.get(), name="Satker", address="Jalan Satu", phone="0711 710711", email="")
    assert done() == {"services", "neighbourhoods", "satker"}
    warung = register_warung(name="Warung Hasan", village_code=VILLAGE, by=BY)
    assert done() == {"services", "neighbourhoods", "satker"}
    give_to_owner(warung=warung, user=person("Hasan", Role.OWNER))
    assert done() == {"services", "neighbourhoods", "satker", "first_warung"}
    pack = first_price(warung)
    assert done() == {"services", "neighbourhoods", "satker", "first_warung"}
    set_hours(warung=warung, hours=ALWAYS)
    open_warung(warung=warung, by=BY)
    assert done() == OURS
    # It tells what is, not what once was.
    withdraw_price(warung=warung, pack=pack)
    close_warung(warung=warung, by=BY, reason="Selesai")
    assert done() == {"services", "neighbourhoods", "satker"}


def first_price(warung: Warung) -> Pack:
    shelf = Category.objects.create(name="Beras", slug="beras")
    rice = Product.objects.create(sku="SB-001", name="Beras", category=shelf, base_unit="g")
    kilo = Pack.objects.create(product=rice, label="kg", base_quantity=1_000)
    today = clock.today(current_region().time_zone)
    observe_market(product=rice, market="Pasar", observed_on=today, per_quantity=1_000, price=15_000, observer="Yuli")
    publish_price(warung=warung, pack=kilo, price=14_000, by=BY)
    return kilo


def test_every_line_leads_to_a_page_of_the_admin(market: Cast) -> None:
    budi = browser_of(market.budi)
    for item in hooks.checklist():
        if item.name in OURS:
            assert budi.get(reverse(item.url_name)).status_code == 200, item.name


def test_the_page_tells_how_far_it_is_and_what_comes_next(built: Region) -> None:
    budi = person("Budi", Role.ADMIN)
    answer = browser_of(budi).get("/wilayah/")
    tasks = checklist_of_region()
    assert (answer.context["done"], answer.context["all"]) == (0, len(tasks))
    assert answer.context["following"] == tasks[0]
    confirm_services(offered=[])
    assert browser_of(budi).get("/wilayah/").context["following"] == tasks[1]


def test_the_operators_board_is_told_how_many_trade(market: Cast) -> None:
    measures = hooks.status_measures()
    assert measures["warungs"]() == {"warungs_open": 2}
    assert measures["pricing"]() == {"products_on_sale": 2}
    close_warung(warung=market.warung, by=BY, reason="Selesai")
    assert (measures["warungs"](), measures["pricing"]()) == ({"warungs_open": 1}, {"products_on_sale": 0})
