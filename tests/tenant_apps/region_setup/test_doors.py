"""Every page of the back office opens for those who work there and is not there for anybody else."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from tenant_apps.accounts.models import Role
from tenants.context import in_region
from tenants.models import Region
from tests.cast import VILLAGE, Cast, browser_of, person

TOKO = {"hasan", "wati", "siti"}
OWNERS = {"hasan", "siti"}
SATKER = {"yuli"}
ADMIN = {"budi"}
EVERYBODY = ("ratna", "hasan", "wati", "siti", "yuli", "budi")

# Address, and who finds a page there. {rice} and {warung} are public ids of the cast.
PAGES = [
    ("/toko/", TOKO),
    ("/toko/pilih/", TOKO),
    ("/toko/jam/", TOKO),
    ("/toko/profil/", OWNERS),
    ("/toko/harga/", TOKO),
    ("/toko/harga/?tab=all", TOKO),
    ("/toko/harga/{rice}/", TOKO),
    ("/toko/stok/", TOKO),
    ("/toko/stok/{rice}/", TOKO),
    ("/satker/", SATKER),
    ("/satker/harga-pasar/", SATKER),
    ("/satker/harga-pasar/catat/", SATKER),
    ("/satker/harga-pasar/{rice}/", SATKER),
    ("/satker/harga-grosir/", SATKER),
    ("/satker/jaminan/", SATKER),
    ("/satker/stok/", SATKER),
    ("/satker/stok/{rice}/", SATKER),
    ("/wilayah/", ADMIN),
    ("/wilayah/layanan/", ADMIN),
    ("/wilayah/rt-rw/", ADMIN),
    (f"/wilayah/rt-rw/{VILLAGE}/", ADMIN),
    ("/wilayah/satker/", ADMIN),
    ("/wilayah/harga/", ADMIN),
    ("/wilayah/aturan-harga/", ADMIN),
    ("/wilayah/warung/", ADMIN),
    ("/wilayah/warung/baru/", ADMIN),
    ("/wilayah/warung/{warung}/", ADMIN),
    ("/wilayah/warung/{warung}/ubah/", ADMIN),
    ("/wilayah/katalog/", ADMIN),
    ("/wilayah/katalog/baru/", ADMIN),
    ("/wilayah/katalog/{rice}/", ADMIN),
    ("/wilayah/katalog/rak/", ADMIN),
    ("/wilayah/katalog/rak/beras-tepung/", ADMIN),
    ("/wilayah/katalog/unduh/", ADMIN),
]
# What only takes a form.
POSTS = [
    ("/toko/buka/", TOKO),
    ("/toko/istirahat/", TOKO),
    ("/toko/pegawai/undang/", OWNERS),
    ("/toko/pegawai/undangan/{nobody}/kirim/", set()),
    ("/toko/pegawai/undangan/{nobody}/tarik/", set()),
    ("/toko/pegawai/{nobody}/lepas/", set()),
    ("/wilayah/rt-rw/" + VILLAGE + "/simpan/", ADMIN),
    ("/wilayah/rt-rw/" + VILLAGE + "/tambah/", ADMIN),
    ("/wilayah/teks/", ADMIN),
    ("/wilayah/warung/{warung}/undang/", ADMIN),
    ("/wilayah/warung/{warung}/open/", ADMIN),
    ("/wilayah/warung/{warung}/pause/", ADMIN),
    ("/wilayah/warung/{warung}/explode/", set()),
    ("/wilayah/warung/{warung}/undangan/{nobody}/kirim/", set()),
    ("/wilayah/warung/{warung}/undangan/{nobody}/tarik/", set()),
    ("/wilayah/katalog/{rice}/dagang/", ADMIN),
]


def address(path: str, market: Cast) -> str:
    return path.format(rice=market.rice.public_id, warung=market.warung.public_id, nobody=UUID(int=0))


@pytest.mark.parametrize("who", EVERYBODY)
def test_pages_open_for_those_who_work_there(market: Cast, who: str) -> None:
    browser = browser_of(getattr(market, who))
    wrong = []
    for path, welcome in PAGES:
        status = browser.get(address(path, market)).status_code
        if status != (200 if who in welcome else 404):
            wrong.append((path, status))
    assert wrong == []


@pytest.mark.parametrize("who", EVERYBODY)
def test_forms_are_taken_from_those_who_work_there(market: Cast, who: str) -> None:
    browser, mine = browser_of(getattr(market, who)), market.other_warung if who == "siti" else market.warung
    wrong = []
    for path, welcome in POSTS:
        status = browser.post(address(path, market), {"warung": str(mine.public_id)}).status_code
        if (status == 404) == (who in welcome) or status >= 500:
            wrong.append((path, status))
        assert browser.get(address(path, market)).status_code in (404, 405), path
    assert wrong == []


def test_a_visitor_is_asked_to_sign_in(market: Cast) -> None:
    visitor = browser_of(None)
    for path, _welcome in PAGES:
        answer = visitor.get(address(path, market))
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/masuk/"), path


def test_another_regions_people_find_no_page_here(market: Cast, kalidoni: Region, lombok: Region) -> None:
    with in_region(lombok):
        made = person("Made", Role.ADMIN, Role.SATKER, Role.OWNER)
        browser = browser_of(made, "lombok")
    # The cookie of Lombok's site says nothing in Kalidoni, and Lombok has none of Kalidoni's rows.
    stranger = Client(headers={"host": "kalidoni.localhost"})
    stranger.cookies = browser.cookies
    stranger.defaults["wsgi.url_scheme"] = "https"
    for path, _welcome in PAGES:
        assert stranger.get(address(path, market)).status_code == 302, path
        if "{" in path:
            assert browser.get(address(path, market)).status_code in (404, 302) or "toko" in path, path


@pytest.mark.parametrize("tail", ["?page=abc", "?page=-1", "?page=9999999999999999999", "?q=%00", "?q=" + "x" * 5_000])
def test_hostile_addresses_break_nothing(market: Cast, tail: str) -> None:
    for path, welcome in PAGES:
        who = sorted(welcome)[0]
        bare = path.partition("?")[0]
        extra = "&tab=%00&rak=%00&state=%00&village=%00"
        assert browser_of(getattr(market, who)).get(address(bare, market) + tail + extra).status_code == 200, path
