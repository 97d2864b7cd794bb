"""Offers on the portal: for an area, a part of it or one region; other terms; later ones; their end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from shared_apps.supplier_catalog.models import Article, Offer, SupplierRole
from tenants.kernel import clock
from tenants.models import Region, RegionStatus
from tests.shared_apps.supplier_catalog.people import member, platform_browser
from tests.shared_apps.supplier_catalog.wholesaler import Wholesaler, sinar_musi

pytestmark = pytest.mark.usefixtures("platform")

# Later and sooner than today, as a browser's date field sends it.
TODAY, SOON = clock.today(), clock.today() + timedelta(days=9)


@pytest.fixture
def musi(platform: None) -> Wholesaler:
    return sinar_musi()


@pytest.fixture
def nur(musi: Wholesaler) -> Client:
    return platform_browser(member(musi.organisation, "Nur", SupplierRole.CATALOGUE))


def form(*tiers: tuple[str, str], **other: str) -> dict[str, str]:
    told = {"place": "area", "area": "16.71", "pack": "karung", "least": "2", "most": "", "lead_days": "3"}
    told |= {"freight": "1.500", "valid_from": "", "valid_to": "", "go": "1"}
    lines = [*(tiers or (("1", "610.000"), ("10", "Rp 600.000"))), ("", "")]
    told |= {"tiers-TOTAL_FORMS": str(len(lines)), "tiers-INITIAL_FORMS": "0"}
    for place, (packs, price) in enumerate(lines):
        told |= {f"tiers-{place}-packs": packs, f"tiers-{place}-price": price}
    return {**told, **other}


def rice(musi: Wholesaler) -> Article:
    return musi.offers["BR-50"].article


def address(musi: Wholesaler, rest: str = "penawaran/baru/") -> str:
    return f"/pemasok/barang/{rice(musi).public_id}/{rest}"


def running(musi: Wholesaler) -> list[Offer]:
    return list(rice(musi).offers.filter(ended_at=None).order_by("pk"))


def tiers(offer: Offer) -> list[tuple[int, int]]:
    return list(offer.tiers.values_list("packs", "price"))


def test_other_terms_end_the_offer_and_begin_another(musi: Wholesaler, nur: Client) -> None:
    before = musi.offers["BR-50"]
    change = address(musi, f"penawaran/{before.public_id}/ubah/")
    assert 'value="600.000"' in nur.get(change).content.decode()
    assert nur.post(change, form(most="40")).status_code == 302
    (now,) = running(musi)
    assert now.pk != before.pk
    assert (now.area_id, now.least, now.most, now.lead_days, now.freight) == ("16.71", 2, 40, 3, 1_500)
    assert (now.valid_from, now.valid_to, tiers(now)) == (TODAY, None, [(1, 610_000), (10, 600_000)])
    # The same once more changes nothing.
    assert nur.post(address(musi, f"penawaran/{now.public_id}/ubah/"), form(most="40")).status_code == 302
    assert running(musi) == [now]
    assert nur.post(change, form()).status_code == 404
    html = nur.get(address(musi, "?tampil=lama")).content.decode()
    assert "600.000" in html


def test_a_later_price_waits_beside_the_present_one(musi: Wholesaler, nur: Client) -> None:
    assert nur.post(address(musi), form(valid_from=SOON.isoformat())).status_code == 302
    now, later = running(musi)
    assert (now, later.valid_from) == (musi.offers["BR-50"], SOON)
    html = nur.get(address(musi, "")).content.decode()
    assert "mulai" in html
    # It is put off: the one that waited gives way.
    put_off = SOON + timedelta(days=5)
    change = address(musi, f"penawaran/{later.public_id}/ubah/")
    assert nur.post(change, form(valid_from=put_off.strftime("%d/%m/%Y"))).status_code == 302
    assert [one.valid_from for one in running(musi)] == [now.valid_from, put_off]


def test_a_part_of_an_area_and_one_region_have_prices_of_their_own(
    musi: Wholesaler, nur: Client, kalidoni: Region
) -> None:
    assert nur.post(address(musi), form(areas="16.71.10")).status_code == 302
    assert nur.post(address(musi), form(place="region", region="kalidoni")).status_code == 302
    whole, part, alone = running(musi)
    assert (whole.area_id, part.area_id, alone.area_id, alone.region) == ("16.71", "16.71.10", None, kalidoni)
    assert "hanya untuk Kalidoni" in nur.get(address(musi, "")).content.decode()
    assert nur.post(address(musi, f"penawaran/{alone.public_id}/ubah/"), form(("1", "590000"))).status_code == 302
    assert [(one.region, tiers(one)) for one in running(musi)][-1] == (kalidoni, [(1, 590_000)])
    assert len(running(musi)) == 3


def test_a_region_is_found_by_its_address_when_names_are_alike(musi: Wholesaler, nur: Client, kalidoni: Region) -> None:
    twin = Region.objects.create(name="Kalidoni", status=RegionStatus.READY)
    Region.objects.create(name="Muncul", status=RegionStatus.BUILDING)
    answer = nur.post(address(musi), form(place="region", region="Kalidoni"))
    assert (answer.status_code, "kalidoni.localhost" in answer.content.decode()) == (400, True)
    assert nur.post(address(musi), form(place="region", region="kalidoni.localhost")).status_code == 302
    assert running(musi)[-1].region == kalidoni
    assert nur.post(address(musi), form(place="region", region="Muncul")).status_code == 400
    assert not Offer.objects.filter(region=twin).exists()


@pytest.mark.parametrize(
    ("case", "sent"),
    [
        ("an area where nobody delivers", form(areas="52.71")),
        ("an area that nobody chose", form(area="")),
        ("an area of another", form(area="52.71")),
        ("no region", form(place="region", region="")),
        ("an unknown region", form(place="region", region="Negeri Dongeng")),
        ("a NUL", form(place="region", region="\x00")),
        ("a pack that is not there", form(pack="dus")),
        ("no price", form(("1", ""))),
        ("no first price", form(("5", "600000"))),
        ("a price without a number", form(("1", "600000"), ("", "1000"))),
        ("two prices from one number on", form(("1", "600000"), ("1", "500000"))),
        ("a price of nothing", form(("1", "0"))),
        ("words", form(("1", "murah"))),
        ("more than there is", form(least="5", most="4")),
        ("nothing at least", form(least="0")),
        ("days backwards", form(valid_from="2030-01-02", valid_to="2030-01-01")),
        ("no day", form(valid_from="besok")),
        ("minus freight", form(freight="-1")),
        ("a hundred lines", form(**{"tiers-TOTAL_FORMS": "100"})),
        ("no lines", form(**{"tiers-TOTAL_FORMS": ""})),
        ("a number beyond numbers", form(most="9" * 30)),
    ],
)
def test_what_is_wrong_is_said_and_stays(musi: Wholesaler, nur: Client, case: str, sent: dict[str, str]) -> None:
    answer = nur.post(address(musi), sent)
    assert answer.status_code == 400, case
    html = answer.content.decode()
    assert 'role="alert"' in html or "errorlist" in html, case
    assert f'value="{sent["lead_days"]}"' in html
    assert running(musi) == [musi.offers["BR-50"]]


def test_searching_an_area_without_script_keeps_what_was_typed(musi: Wholesaler, nur: Client) -> None:
    answer = nur.post(address(musi), form(least="7", area_search="Kalidoni", area_search_now="1"))
    html = answer.content.decode()
    assert (answer.status_code, 'value="16.71.10"' in html, 'value="7"' in html) == (200, True, True)
    assert 'value="610.000"' in html
    assert running(musi) == [musi.offers["BR-50"]]


def test_an_offer_ends_once(musi: Wholesaler, nur: Client) -> None:
    offer = musi.offers["BR-50"]
    for _again in range(2):
        assert nur.post(address(musi, f"penawaran/{offer.public_id}/akhiri/")).status_code == 302
    assert running(musi) == []
    egg = musi.offers["TL-180"]
    assert nur.post(address(musi, f"penawaran/{egg.public_id}/akhiri/")).status_code == 404
    egg.refresh_from_db()
    assert egg.ended_at is None


def test_an_area_that_is_offered_in_cannot_be_given_up(musi: Wholesaler) -> None:
    halim: Any = platform_browser(member(musi.organisation, "Halim"))
    answer = halim.post("/pemasok/usaha/wilayah/", {"areas": ["16.02"], "go": "1"})
    assert (answer.status_code, "masih menawarkan" in answer.content.decode()) == (409, True)
    assert halim.post("/pemasok/usaha/wilayah/", {"areas": ["16"], "go": "1"}).status_code == 302
    assert list(musi.organisation.areas.values_list("area_id", flat=True)) == ["16"]


def test_the_business_changes_its_own_data(musi: Wholesaler) -> None:
    halim: Any = platform_browser(member(musi.organisation, "Halim"))
    sent = {
        "name": "Sinar Musi Jaya",
        "address": "Jalan Veteran 2",
        "areas": "16.71.10.1002",
        "phone": "0812 0000 0109",
        "email": "baru@example.test",
        "about": "",
        "minimum_order": "2.500.000",
        "order_freight": "150.000",
        "go": "1",
    }
    for name, value in [("name", ""), ("minimum_order", "banyak"), ("phone", "12"), ("areas", ""), ("areas", "x")]:
        answer = halim.post("/pemasok/usaha/ubah/", {**sent, name: value})
        assert answer.status_code in (400, 404), name
        assert 'value="Jalan Veteran 2"' in answer.content.decode()
    assert halim.post("/pemasok/usaha/ubah/", sent).status_code == 302
    one = musi.organisation
    one.refresh_from_db()
    assert (one.name, one.area_id, one.phone) == ("Sinar Musi Jaya", "16.71.10.1002", "+6281200000109")
    assert (one.minimum_order, one.order_freight, one.nib) == (2_500_000, 150_000, "1234567890123")
    assert "Sinar Musi" in one.history.get(move="rename").reason
    assert halim.post("/pemasok/usaha/ubah/", sent).status_code == 302
    assert one.history.count() == 1
    assert "2.500.000" in halim.get("/pemasok/usaha/").content.decode()
