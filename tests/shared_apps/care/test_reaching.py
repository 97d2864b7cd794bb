"""Flags and announcements reach the regions that they are for, and the database shows a region no others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import translation

from shared_apps.care.announcements import announced_to, words_of
from shared_apps.care.errors import FlagKnown, NobodyReached
from shared_apps.care.flags import flag_is_on
from shared_apps.care.memory import memory
from shared_apps.care.models import Announcement, Dismissal, Flag
from shared_apps.care.selectors import reached_by
from shared_apps.care.services.announcing import announce, dismiss, end_announcement
from shared_apps.care.services.flagging import Reach, change_flag, drop_flag, make_flag
from shared_apps.onboarding.models import CoverageClaim, Registration
from tenant_apps.accounts.models import Role
from tenants.audit.models import AuditEvent
from tenants.context import in_region, on_platform
from tenants.kernel import clock
from tenants.models import Region
from tests.cast import Cast, browser_of, build_cast
from tests.shared_apps.operations.people import operator, operator_browser
from tests.tenants.hearing import until

BY = "user:test"
TEXT = "Pemeliharaan malam ini"


@pytest.fixture
def covered(kalidoni: Region, lombok: Region) -> None:
    """Kalidoni holds its kecamatan, Lombok one of Mataram."""
    with on_platform():
        for region, code in ((kalidoni, "16.71.10"), (lombok, "52.71.01")):
            registration = Registration.objects.create(name=region.name, slug=region.name.lower(), region=region)
            CoverageClaim.objects.create(kecamatan_code=code, registration=registration, region=region)


def a_flag(name: str = "kurir", **reach: object) -> Flag:
    with on_platform():
        return make_flag(name=name, words="Kurir bersama", reach=Reach(**reach), by=BY)  # type: ignore[arg-type]


def on_in(region: Region, name: str = "kurir") -> bool:
    with in_region(region):
        return flag_is_on(name)


def an_announcement(**more: object) -> Announcement:
    now = clock.now()
    given = {
        "kind": "upkeep",
        "text_id": TEXT,
        "text_en": "Upkeep tonight",
        "everybody": True,
        "area_codes": [],
        "roles": [],
        "starts_at": now - timedelta(hours=1),
        "ends_at": now + timedelta(hours=1),
        "by": BY,
    }
    with on_platform():
        return announce(**{**given, **more})  # type: ignore[arg-type]


def told(region: Region, *roles: str, person: UUID | None = None) -> list[str]:
    with in_region(region):
        return [one.text_id for one in announced_to(roles=lambda: roles, person=person)]


@pytest.mark.parametrize(
    ("case", "reach", "kalidoni_on", "lombok_on"),
    [
        ("nowhere", {}, False, False),
        ("everybody", {"everybody": True}, True, True),
        ("its kecamatan", {"area_codes": ("16.71.10",)}, True, False),
        ("its city", {"area_codes": ("16.71",)}, True, False),
        ("its province", {"area_codes": ("16",)}, True, False),
        ("another kecamatan", {"area_codes": ("16.71.01",)}, False, False),
        ("a code that only begins alike", {"area_codes": ("1", "16.7")}, False, False),
        ("two areas", {"area_codes": ("16", "52.71")}, True, True),
        ("hundred percent", {"percent": 100}, True, True),
    ],
)
def test_where_a_flag_is_on(
    covered: None,
    kalidoni: Region,
    lombok: Region,
    case: str,
    reach: dict[str, Any],
    kalidoni_on: bool,
    lombok_on: bool,
) -> None:
    flag = a_flag(**reach)
    assert (on_in(kalidoni), on_in(lombok)) == (kalidoni_on, lombok_on), case
    with on_platform():
        assert reached_by([flag]).get(flag.pk, 0) == kalidoni_on + lombok_on


def test_single_regions_and_what_nobody_made(kalidoni: Region, lombok: Region) -> None:
    a_flag(region_ids=(lombok.public_id,))
    assert (on_in(kalidoni), on_in(lombok), on_in(lombok, "tidak-ada")) == (False, True, False)


def test_a_share_is_stable_and_only_grows(platform: None) -> None:
    with connection.cursor() as cursor:
        ids = [uuid4() for _ in range(2_000)]
        shares = {}
        for percent in (10, 30):
            cursor.execute(
                "SELECT id FROM unnest(%s::uuid[]) AS id WHERE care_reaches(false, '{}', '{}', %s, 'kurir', 0, id)",
                [ids, percent],
            )
            shares[percent] = {row[0] for row in cursor.fetchall()}
    assert shares[10] < shares[30]
    assert 120 < len(shares[10]) < 280 and 480 < len(shares[30]) < 720


def test_changes_are_followed_and_written_down(kalidoni: Region) -> None:
    flag = a_flag()
    with on_platform(), pytest.raises(FlagKnown):
        make_flag(name="kurir", words="lain", reach=Reach(), by=BY)
    with on_platform():
        change_flag(flag=flag, words="Kurir bersama", reach=Reach(everybody=True), by="user:b")
    assert on_in(kalidoni)
    with on_platform():
        drop_flag(flag=Flag.objects.get(), by=BY)
        actions = list(AuditEvent.objects.filter(target="flag:kurir").order_by("pk").values_list("action", "actor"))
    assert not on_in(kalidoni)
    assert actions == [("flag.made", BY), ("flag.changed", "user:b"), ("flag.dropped", BY)]


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(ProgrammingError), transaction.atomic():
        yield


def test_a_region_reads_what_reaches_it_and_changes_nothing(covered: None, kalidoni: Region, lombok: Region) -> None:
    a_flag("satu", area_codes=("16",))
    a_flag("dua", area_codes=("52",))
    an_announcement(text_id="untuk Lombok", everybody=False, area_codes=["52"])
    with in_region(kalidoni):
        assert list(Flag.objects.values_list("name", flat=True)) == ["satu"]
        assert Announcement.objects.values_list("text_id").count() == 0
        with refused():
            list(Flag.objects.values_list("area_codes"))
        with refused():
            Flag.objects.update(name="tiga")
        with refused():
            Announcement.objects.filter(kind="news").delete()
    with in_region(lombok):
        assert list(Announcement.objects.values_list("text_id", flat=True)) == ["untuk Lombok"]


def test_a_process_remembers_and_hears_of_a_change(committed: None) -> None:
    with on_platform():
        kalidoni = Region.objects.get(name="Kalidoni")
    until(lambda: not on_in(kalidoni) and memory.recall(kalidoni.schema_name) is not None)
    flag = a_flag(everybody=True)
    assert until(lambda: on_in(kalidoni), within=5) < 5
    with on_platform():
        drop_flag(flag=flag, by=BY)
    assert until(lambda: not on_in(kalidoni), within=5) < 5


class TestAnnouncements:
    def test_for_an_area_and_for_a_time(self, covered: None, kalidoni: Region, lombok: Region) -> None:
        an_announcement(everybody=False, area_codes=["16.71"])
        assert (told(kalidoni), told(lombok)) == ([TEXT], [])
        with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
            assert told(kalidoni) == []

    def test_nobody_is_an_error(self, kalidoni: Region) -> None:
        with pytest.raises(NobodyReached):
            an_announcement(everybody=False)
        with on_platform():
            assert Announcement.objects.count() == 0

    def test_for_roles(self, kalidoni: Region) -> None:
        an_announcement(roles=["satker", "admin"])
        assert (told(kalidoni), told(kalidoni, "owner"), told(kalidoni, "owner", "admin")) == ([], [], [TEXT])

    def test_each_person_puts_it_away_for_themselves(self, kalidoni: Region, lombok: Region) -> None:
        made, one, other = an_announcement(), uuid4(), uuid4()
        with in_region(kalidoni):
            dismiss(public_id=made.public_id, person=one)
            dismiss(public_id=made.public_id, person=one)
            dismiss(public_id=uuid4(), person=one)
        assert (told(kalidoni, person=one), told(kalidoni, person=other), told(lombok, person=one)) == (
            [],
            [TEXT],
            [TEXT],
        )
        with in_region(lombok):
            assert Dismissal.objects.count() == 0
            with refused():
                Dismissal.objects.create(announcement_id=made.pk, region=kalidoni, person=other)

    def test_ending_it(self, kalidoni: Region) -> None:
        made, later = an_announcement(), an_announcement(starts_at=clock.now() + timedelta(minutes=5))
        with on_platform():
            end_announcement(announcement=made, by=BY)
            end_announcement(announcement=later, by=BY)
            assert [one.pk for one in Announcement.objects.all()] == [made.pk]
        assert told(kalidoni) == []

    def test_it_stands_on_pages_until_it_is_put_away(self, kalidoni: Region) -> None:
        made = an_announcement(roles=[Role.ADMIN])
        with in_region(kalidoni):
            cast: Cast = build_cast()
            budi, ratna = browser_of(cast.budi), browser_of(cast.ratna)
        assert TEXT in budi.get("/wilayah/").content.decode()
        assert TEXT not in ratna.get("/").content.decode()
        away = f"/pengumuman/{made.public_id}/tutup/"
        assert budi.post(away, {"next": "https://jahat.test/"})["Location"] == "/"
        assert TEXT not in budi.get("/wilayah/").content.decode()
        visitor = Client(headers={"host": "kalidoni.localhost"})
        assert visitor.post(away, secure=True).status_code == 302
        an_announcement(text_id="Untuk semua", text_en="For all")
        assert "Untuk semua" in visitor.get("/", secure=True).content.decode()
        with in_region(kalidoni), translation.override("en"):
            assert [words_of(one) for one in announced_to(roles=tuple, person=None)] == ["For all"]


@pytest.mark.usefixtures("platform")
class TestPages:
    def test_flags(self, covered: None) -> None:
        browser = operator_browser()
        assert "Belum ada" in browser.get("/operator/fitur/").content.decode()
        sent = {
            "name": "kurir",
            "words": "Kurir bersama",
            "percent": "0",
            "regions": "lombok.localhost",
            "areas": ["16.71"],
        }
        assert browser.post("/operator/fitur/baru/", {**sent, "regions": "tidak.ada"}).status_code == 400
        assert browser.post("/operator/fitur/baru/", {**sent, "percent": "101"}).status_code == 400
        assert browser.post("/operator/fitur/baru/", sent).status_code == 302
        assert browser.post("/operator/fitur/baru/", sent).status_code == 400
        flag = Flag.objects.get()
        assert (flag.area_codes, len(flag.region_ids)) == (["16.71"], 1)
        page = browser.get("/operator/fitur/").content.decode()
        assert "Palembang" in page and 'class="num">2<' in page
        assert "lombok.localhost" in browser.get("/operator/fitur/kurir/").content.decode()
        assert browser.post("/operator/fitur/kurir/", {**sent, "name": "lain", "everybody": "on"}).status_code == 302
        assert Flag.objects.get().everybody
        assert browser.post("/operator/fitur/kurir/hapus/").status_code == 302
        assert browser.get("/operator/fitur/kurir/").status_code == 404

    def test_announcements(self) -> None:
        browser = operator_browser()
        sent = {
            "kind": "news", "text_id": TEXT, "text_en": "Upkeep", "everybody": "on", "roles": ["admin"],
            "starts_at": "2026-12-01T08:00", "ends_at": "2026-12-02T08:00",
        }  # fmt: skip
        new = "/operator/pengumuman/baru/"
        assert browser.get(new).status_code == 200
        for wrong in ({"ends_at": "2026-11-30T08:00"}, {"roles": ["raja"]}, {"everybody": ""}, {"text_en": ""}):
            assert browser.post(new, {**sent, **wrong}).status_code == 400, wrong
        assert browser.post(new, sent).status_code == 302
        made = Announcement.objects.get()
        assert (made.roles, made.starts_at.isoformat()) == (["admin"], "2026-12-01T01:00:00+00:00")
        assert TEXT in browser.get("/operator/pengumuman/").content.decode()
        assert browser.post(f"/operator/pengumuman/{made.public_id}/akhiri/").status_code == 302

    def test_a_reader_changes_nothing(self) -> None:
        reader = operator_browser(operator(role="reader"))  # type: ignore[arg-type]
        for path in ("fitur/", "pengumuman/", "peringatan/", "pekerjaan/", "pekerjaan/uji/"):
            assert reader.get(f"/operator/{path}").status_code == 200, path
        for path in ("fitur/baru/", "pengumuman/baru/", "pekerjaan/uji/mulai/"):
            assert reader.post(f"/operator/{path}", {}).status_code == 404, path
