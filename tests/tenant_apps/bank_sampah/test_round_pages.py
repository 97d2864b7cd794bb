"""The pages of collection days, pick-ups and rounds, and the pictures of types."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from tenant_apps.bank_sampah.models import CollectionRule, Deposit, Load, Member, PickupRequest, PickupState
from tenant_apps.bank_sampah.services import Heap, Place, ask_pickup, begin_round, join, set_collection_day
from tenant_apps.satker.models import ServiceSetting
from tenants.kernel import clock
from tests.cast import BY, browser_of
from tests.tenant_apps.bank_sampah.bank import Bank

ZONE = "Asia/Jakarta"


@pytest.fixture
def coming(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> Bank:
    """It is noon of tomorrow, and Hasan's unit comes by until late."""
    noon = (clock.now() + timedelta(days=1)).replace(hour=5, minute=0)
    monkeypatch.setattr("tenants.kernel.clock.now", lambda: noon)
    ServiceSetting.objects.update_or_create(code="bank_sampah", defaults={"enabled": True})
    at = noon.replace(hour=8).time()
    set_collection_day(unit=bank.unit, weekday=clock.today(ZONE).weekday(), starts=at, ends=at.replace(hour=22), by=BY)
    return bank


def at(bank: Bank, path: str = "") -> str:
    return f"/sampah/{bank.unit.public_id}/{path}"


def today() -> str:
    return clock.today(ZONE).isoformat()


def wish(bank: Bank, member: Member | None = None) -> PickupRequest:
    place, heap = Place(1, 3, "Lorong Kenanga 5"), Heap(Load.SACK, note="pagar hijau")
    return ask_pickup(member=member or bank.member, day=clock.today(ZONE), key=uuid4(), place=place, heap=heap, by=BY)


def fields(**other: Any) -> dict[str, Any]:
    own = {"key": str(uuid4()), "day": today(), "load": "sack", "groups": ["paper"], "rw": "1", "rt": "3"}
    return {**own, "address": "Lorong Kenanga 5", "note": "pagar hijau", **other}


def test_who_sees_a_round(coming: Bank) -> None:
    made, cast = wish(coming), coming.cast
    places = ["jemput/", f"jemput/{today()}/", f"nasabah/{coming.member.number}/jemput/"]
    for place in places:
        for person in (cast.hasan, cast.wati, cast.yuli):
            assert browser_of(person).get(at(coming, place)).status_code == 200, place
        for stranger in (cast.siti, cast.ratna, cast.budi):
            assert browser_of(stranger).get(at(coming, place)).status_code == 404, place
    rule = CollectionRule.objects.get().public_id
    acts = ["jemput/hari/", f"jemput/hari/{rule}/akhir/", "jemput/libur/", f"jemput/titik/{made.number}/"]
    for place in [*acts, f"jemput/{today()}/"]:
        for stranger in (cast.siti, cast.ratna, cast.budi):
            assert browser_of(stranger).post(at(coming, place), {"step": "begin"}).status_code == 404, place
    assert browser_of(cast.siti).post(f"/tabungan/jemput/{made.number}/batal/").status_code == 404
    made.refresh_from_db()
    assert made.state == PickupState.ASKED


def test_a_member_asks_and_cancels(coming: Bank) -> None:
    ratna, page = browser_of(coming.cast.ratna), "/tabungan/jemput/"
    shown = ratna.get(page).content.decode()
    assert "08.00–22.00" in shown and "pagi" not in shown
    form = fields()
    for _tap in range(2):
        assert ratna.post(page, form, follow=True).status_code == 200
    made = PickupRequest.objects.get()
    assert (made.address, made.rw, made.rt, made.groups, made.note) == (
        "Lorong Kenanga 5", 1, 3, ["paper"], "pagar hijau",
    )  # fmt: skip
    assert made.number in ratna.get("/tabungan/").content.decode()
    again = ratna.post(page, fields(note="sekali lagi"))
    assert again.status_code == 409 and "sudah diminta" in again.content.decode()
    assert "sekali lagi" in again.content.decode()
    ratna.post(f"/tabungan/jemput/{made.number}/batal/")
    made.refresh_from_db()
    assert made.state == PickupState.CANCELLED


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": "2026-13-77"}, {"day": "\x00"}, {"load": "x"}, {"groups": ["\x00"]}, {"rw": "9" * 30}, {"address": ""},
        {"address": "\x00"}, {"note": "x" * 241}, {"key": "x"}, {"rt": "3", "rw": ""}, {"day": ""},
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_and_loses_nothing(coming: Bank, wrong: dict[str, Any]) -> None:
    answer = browser_of(coming.cast.ratna).post("/tabungan/jemput/", fields(**wrong))
    assert answer.status_code == 400
    if "note" not in wrong:
        assert "pagar hijau" in answer.content.decode()
    assert not PickupRequest.objects.exists()


def test_the_unit_sets_its_days(coming: Bank) -> None:
    hasan, page = browser_of(coming.cast.hasan), at(coming, "jemput/hari/")
    good = {"weekday": "5", "every": "other", "starts": "08:00", "ends": "11:00", "places": "1, 3/2"}
    assert hasan.post(page, good).status_code == 302
    made = CollectionRule.objects.latest("pk")
    assert (made.weekday, made.every, made.places) == (5, "other", [100, 203])
    assert "RT 3/RW 2" in hasan.get(at(coming, "jemput/")).content.decode()
    for wrong in (
        {"places": "depan"}, {"places": "\x00"}, {"ends": "07:00"}, {"weekday": "9"}, {"every": "x"}, {"starts": "25:99"},
        {"valid_from": "2000-01-01"}, {"valid_from": "99999-01-01"},
    ):  # fmt: skip
        assert hasan.post(page, {**good, **wrong}).status_code == 400, wrong
    assert hasan.post(page, {}).status_code == 400
    assert CollectionRule.objects.count() == 2
    hasan.post(at(coming, f"jemput/hari/{made.public_id}/akhir/"))
    made.refresh_from_db()
    assert made.valid_until == clock.today(ZONE)
    assert hasan.post(at(coming, f"jemput/hari/{uuid4()}/akhir/")).status_code == 404


def test_a_day_off_and_back(coming: Bank) -> None:
    hasan, page, made = browser_of(coming.cast.hasan), at(coming, "jemput/libur/"), wish(coming)
    assert hasan.post(page, {"day": today(), "reason": ""}).status_code == 400
    assert hasan.post(page, {"day": "x", "reason": "Hari Raya"}).status_code == 400
    assert hasan.post(page, {"day": today(), "reason": "Hari Raya"}).status_code == 302
    assert "Hari Raya" in browser_of(coming.cast.ratna).get("/tabungan/").content.decode()
    made.refresh_from_db()
    assert made.state == PickupState.REFUSED
    assert hasan.post(page, {"come": "\x00"}).status_code == 404
    assert hasan.post(page, {"come": today()}).status_code == 302
    assert wish(coming).state == PickupState.ASKED


def test_a_round_by_its_pages(coming: Bank) -> None:
    hasan, page = browser_of(coming.cast.hasan), at(coming, f"jemput/{today()}/")
    assert hasan.post(page, {"step": "begin"}).status_code == 400, "nobody asked"
    first, ani = wish(coming), join(unit=coming.unit, name="Ani", by=BY, agrees=True)
    assert hasan.post(at(coming, f"nasabah/{ani.number}/jemput/"), fields()).status_code == 302
    second = PickupRequest.objects.get(member=ani)
    assert second.by == coming.cast.hasan.actor
    stop = [at(coming, f"jemput/titik/{one.number}/") for one in (first, second)]
    hasan.post(stop[1], {"step": "up"})
    shown = hasan.get(page).content.decode()
    assert shown.index("1. Ani") < shown.index("2. Ratna")
    assert hasan.post(page, {"step": "begin"}).status_code == 302
    assert hasan.post(stop[1], {"step": "miss", "reason": ""}).status_code == 400
    assert hasan.post(stop[1], {"step": "miss", "reason": "\x00"}).status_code == 400
    assert hasan.post(stop[1], {"step": "miss", "reason": "tidak ada orang"}).status_code == 302
    assert hasan.post(page, {"step": "end"}).status_code == 400, "one is left"

    weigh = at(coming, f"timbang/{coming.member.number}/")
    assert first.number in hasan.get(f"{weigh}?jemput={first.number}").content.decode()
    for wrong in (second.number, "XXXXXX", "x", "\x00" * 6):
        assert hasan.get(weigh, {"jemput": wrong}).status_code == 404, wrong
    amount = {f"q-{coming.grade('PL-01').pk}": "2,5", "key": str(uuid4()), "book": str(coming.book.public_id)}
    for _tap in range(2):
        assert hasan.post(weigh, {**amount, "pickup": first.number}).headers["Location"] == page
    first.refresh_from_db()
    assert (first.state, first.deposit) == (PickupState.COLLECTED, Deposit.objects.get())
    assert hasan.post(weigh, {**amount, "key": str(uuid4()), "pickup": first.number}).status_code == 409
    assert Deposit.objects.count() == 1
    assert hasan.post(page, {"step": "end"}).status_code == 302
    assert Deposit.objects.get().number in browser_of(coming.cast.ratna).get("/tabungan/").content.decode()


@pytest.mark.parametrize("day", ["2026-02-30", "0000-00-00", "9999-99-99", "abc"])
def test_a_day_that_is_none(coming: Bank, day: str) -> None:
    assert browser_of(coming.cast.hasan).get(at(coming, f"jemput/{day}/")).status_code == 404


def test_everybody_sees_when_units_come(coming: Bank) -> None:
    for page, person in (("/tabungan/harga/", coming.cast.siti), ("/tabungan/", coming.cast.siti)):
        assert "Kapan unit datang" in browser_of(person).get(page).content.decode()


def test_a_long_round_asks_no_more_of_the_database(coming: Bank) -> None:
    hasan = browser_of(coming.cast.hasan)
    counts = []
    for number in (1, 12):
        for _one in range(number):
            wish(coming, join(unit=coming.unit, name=f"Nasabah {uuid4().hex[:6]}", by=BY, agrees=True))
        for page in (f"jemput/{today()}/", "jemput/"):
            hasan.get(at(coming, page))
            with CaptureQueriesContext(
                connection,
            ) as asked:
                hasan.get(at(coming, page))
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


def test_setting_off_tells_as_one(coming: Bank) -> None:
    made = wish(coming)
    begin_round(unit=coming.unit, day=clock.today(ZONE), by=BY)
    ratna = browser_of(coming.cast.ratna)
    ratna.post(f"/tabungan/jemput/{made.number}/batal/", follow=True)
    made.refresh_from_db()
    assert made.state == PickupState.ON_ROUND
    assert made.day + timedelta(0) == clock.today(ZONE)


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def picture(colour: tuple[int, int, int] = (20, 90, 40)) -> SimpleUploadedFile:
    out = io.BytesIO()
    about = Image.Exif()
    about[0x010F] = "Kamera Yuli"
    Image.new("RGB", (1200, 900), colour).save(out, "JPEG", exif=about)
    return SimpleUploadedFile("pet.jpg", out.getvalue(), content_type="image/jpeg")


def test_the_picture_of_a_type(coming: Bank, media: Path, django_capture_on_commit_callbacks: Any) -> None:
    grade, cast = coming.grade("PL-01"), coming.cast
    page = f"/satker/bank-sampah/jenis/{grade.public_id}/foto/"
    for stranger in (cast.hasan, cast.ratna, cast.budi):
        assert browser_of(stranger).post(page, {"photo": picture()}).status_code == 404
    yuli = browser_of(cast.yuli)
    yuli.post(page, {})
    yuli.post(page, {"photo": SimpleUploadedFile("x.jpg", b"\x00 no picture")})
    assert not list(media.rglob("*.webp"))
    yuli.post(page, {"photo": picture()})
    kind = coming.grade("PL-01").type
    for address, width in ((kind.tile_photo, 128), (kind.large_photo, 640)):
        answer = browser_of(None).get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
        assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
        drawn = Image.open(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
        assert drawn.width == width and not drawn.getexif()
    shown = f'src="{kind.tile_photo}" alt="Gambar: {kind.name}"'
    assert shown in browser_of(cast.hasan).get(at(coming, f"timbang/{coming.member.number}/")).content.decode()
    assert shown in browser_of(cast.ratna).get("/tabungan/harga/").content.decode()
    assert kind.large_photo in yuli.get(f"/satker/bank-sampah/jenis/{grade.public_id}/").content.decode()
    for wrong in (
        f"/tabungan/foto/320/{str(kind.photo.name)[6:22]}",
        "/tabungan/foto/128/0123456789abcdef",
        "/tabungan/foto/128/x",
    ):
        assert browser_of(None).get(wrong).status_code == 404
    # Another type with the same picture keeps it when the first one gets another.
    other = coming.grade("KR-01")
    yuli.post(f"/satker/bank-sampah/jenis/{other.public_id}/foto/", {"photo": picture()})
    with django_capture_on_commit_callbacks(execute=True):
        yuli.post(page, {"photo": picture((1, 2, 3))})
    assert len(list(media.rglob("*.webp"))) == 4
    with django_capture_on_commit_callbacks(execute=True):
        for place in (page, f"/satker/bank-sampah/jenis/{other.public_id}/foto/"):
            yuli.post(place, {"remove": "1"})
    assert not list(media.rglob("*.webp"))
    assert browser_of(None).get(kind.tile_photo).status_code == 404
