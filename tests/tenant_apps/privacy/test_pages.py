"""What people see of what is kept of them, and what those who work with it see."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tenant_apps.accounts.access import Member as Reader
from tenant_apps.bank_sampah.errors import BadEntry
from tenant_apps.bank_sampah.models import Member
from tenant_apps.bank_sampah.services import agree, change_member, join
from tenant_apps.bank_sampah.services.joining import CONSENT
from tenant_apps.notifications.models import Notice
from tenant_apps.privacy.models import ConsentEvent, Erasure, RecordAccess, Seen
from tenant_apps.privacy.services import note_look
from tenant_apps.satker.models import ServiceSetting
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.outbox.models import OutboxMessage
from tenants.personal.retention import forget_what_is_old, rules
from tests.cast import BY, PASSWORD, browser_of
from tests.tenant_apps.bank_sampah.bank import Bank

NIK, NUMBER = "1671046203910007", "081398765432"


@pytest.fixture
def known(bank: Bank) -> Member:
    """Ratna's membership with both numbers."""
    ServiceSetting.objects.update_or_create(code="bank_sampah", defaults={"enabled": True})
    return change_member(member=bank.member, name="Ratna", phone=NUMBER, nik=NIK)


def page_of(bank: Bank, path: str = "") -> str:
    return f"/sampah/{bank.unit.public_id}/nasabah/{bank.member.number}/{path}"


def test_a_unit_sees_the_ends_of_a_number_until_it_asks(bank: Bank, known: Member) -> None:
    client = browser_of(bank.cast.hasan)
    shown = client.get(page_of(bank)).content.decode()
    assert "0813••••432" in shown and NUMBER not in shown and NIK not in shown
    revealed = client.post(page_of(bank, "nomor/"), {"what": "phone"}).content.decode()
    assert NUMBER in revealed and NIK not in revealed
    assert client.post(page_of(bank, "nomor/"), {"what": "nik"}).status_code == 404
    assert client.post(page_of(bank, "nomor/"), {"what": "pin"}).status_code == 404
    office = browser_of(bank.cast.yuli)
    assert NIK in office.post(page_of(bank, "nomor/"), {"what": "nik"}).content.decode()


def test_she_reads_who_looked_and_what_had_been_shown(bank: Bank, known: Member) -> None:
    hasan = browser_of(bank.cast.hasan)
    hasan.get(page_of(bank))
    hasan.get(page_of(bank))
    hasan.post(page_of(bank, "nomor/"), {"what": "phone"})
    slip = bank.weigh({"PL-01": 1_000})
    hasan.get(f"/sampah/{bank.unit.public_id}/slip/{slip.number}/")
    seen = list(RecordAccess.objects.order_by("pk").values_list("what", "by"))
    assert seen == [(what, bank.cast.hasan.actor) for what in ("record", "phone", "slip")], "once for each, each day"
    told = browser_of(bank.cast.ratna).get("/akun/data/").content.decode()
    assert told.count("Hasan") == 3 and "pemilik warung" in told.lower()
    assert "Hasan" not in browser_of(bank.cast.siti).get("/akun/data/").content.decode(), "nobody else reads it"


def test_what_she_looks_at_herself_is_not_told(bank: Bank, known: Member) -> None:
    client = browser_of(bank.cast.ratna)
    assert client.get("/akun/data/salinan/").status_code == 405
    assert client.post("/akun/data/salinan/", {"password": "salah"}).status_code == 400
    assert not RecordAccess.objects.exists()
    answer = client.post("/akun/data/salinan/", {"password": PASSWORD})
    data = json.loads(answer.content)
    assert data["data"]["bank_sampah"]["members"][0]["phone"] == NUMBER
    assert answer["Content-Disposition"].startswith("attachment")
    assert RecordAccess.objects.get().what == Seen.COPY
    assert client.get("/akun/data/").context["looks"] == []


def test_the_list_costs_the_same_for_many_looks(bank: Bank, known: Member) -> None:
    client = browser_of(bank.cast.ratna)

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get("/akun/data/").status_code == 200
        return len(asked)

    note_look(subject=known.public_id, what=Seen.RECORD, reader=Reader(bank.cast.hasan))
    client.get("/akun/data/")
    few = cost()
    for reader in (bank.cast.yuli, bank.cast.wati, bank.cast.siti):
        for what in Seen:
            note_look(subject=known.public_id, what=what, reader=Reader(reader))
    assert cost() == few


def test_nobody_rewrites_the_log(bank: Bank, known: Member) -> None:
    note_look(subject=known.public_id, what=Seen.RECORD, reader=Reader(bank.cast.hasan))
    for statement in (
        "UPDATE privacy_recordaccess SET by = 'x'",
        "DELETE FROM privacy_recordaccess",
        "DELETE FROM privacy_consentevent",
    ):
        with (
            pytest.raises(IntegrityError, match="never rewritten"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_an_nik_is_checked_and_there_once(bank: Bank, known: Member) -> None:
    for wrong in ("123", "1671046203910007" + "1", "9971046203910007", "1671049903910007"):
        with pytest.raises(BadEntry, match="NIK"):
            join(unit=bank.unit, name="Ani", nik=wrong, by=BY, agrees=True)
    with pytest.raises(BadEntry, match="sudah ada"):
        join(unit=bank.unit, name="Ani", nik="1671-0462-0391-0007", by=BY, agrees=True)
    other = join(unit=bank.unit, name="Ani", by=BY, agrees=True)
    with pytest.raises(BadEntry, match="sudah ada"):
        change_member(member=other, name="Ani", nik=NIK)


def test_an_empty_field_leaves_the_number_and_a_tick_takes_it_away(bank: Bank, known: Member) -> None:
    client = browser_of(bank.cast.hasan)
    client.post(page_of(bank, "ubah/"), {"name": "Ratna Dewi"})
    changed = Member.objects.get(pk=known.pk)
    assert (changed.name, changed.phone, changed.nik) == ("Ratna Dewi", NUMBER, NIK)
    client.post(page_of(bank, "ubah/"), {"name": "Ratna", "no_phone": "on"})
    assert Member.objects.get(pk=known.pk).phone == ""
    refused = client.post(page_of(bank, "ubah/"), {"name": "Ratna", "nik": "12"})
    assert refused.status_code == 400 and "enam belas" in refused.content.decode()


def test_a_member_is_found_by_the_whole_number_alone(bank: Bank, known: Member) -> None:
    client = browser_of(bank.cast.hasan)
    where = f"/sampah/{bank.unit.public_id}/nasabah/"
    assert "Ratna" in client.get(where, {"q": "+62 813-9876-5432"}).content.decode()
    assert known.number not in client.get(where, {"q": "98765432"}).content.decode()


def test_new_words_are_agreed_to_anew(bank: Bank, known: Member) -> None:
    assert ConsentEvent.objects.get().version == CONSENT
    Member.objects.update(consent_version="2019-01")
    client = browser_of(bank.cast.ratna)
    assert "/tabungan/setuju/" in client.get("/tabungan/").content.decode()
    assert client.post("/tabungan/setuju/").status_code == 302
    assert "/tabungan/setuju/" not in client.get("/tabungan/").content.decode()
    agree(member=known, by=BY)
    assert ConsentEvent.objects.count() == 2, "agreeing again changes nothing"
    assert CONSENT in client.get("/akun/data/").content.decode()


def test_erasing_asks_for_the_word_and_the_password(bank: Bank) -> None:
    wayan = User.objects.create_user(password=PASSWORD, name="Wayan", email="wayan@example.test")
    client = browser_of(wayan)
    assert "HAPUS" in client.get("/akun/data/hapus/").content.decode()
    wrong: list[dict[str, str]] = [
        {},
        {"word": "hapus"},
        {"word": "ya", "password": PASSWORD},
        {"word": "HAPUS", "password": "salah"},
        {"word": "HAPUS\0", "password": PASSWORD},
    ]
    for told in wrong:
        assert client.post("/akun/data/hapus/", told).status_code == 400
    assert not Erasure.objects.exists()
    answer = client.post("/akun/data/hapus/", {"word": "hapus", "password": PASSWORD}, follow=True)
    assert Erasure.objects.get().number in answer.content.decode()
    assert client.get("/akun/data/").status_code == 302, "signed out"


def test_what_stands_in_the_way_is_told_first(bank: Bank) -> None:
    bank.weigh({"PL-01": 2_000})
    page = browser_of(bank.cast.ratna).get("/akun/data/hapus/").content.decode()
    assert bank.member.number in page and 'name="password"' not in page


def test_wrong_passwords_are_not_tried_for_ever(bank: Bank) -> None:
    wayan = User.objects.create_user(password=PASSWORD, name="Wayan", email="wayan@example.test")
    client = browser_of(wayan)
    tries = [client.post("/akun/data/hapus/", {"word": "HAPUS", "password": "salah"}).status_code for _ in range(11)]
    assert tries[0] == 400 and tries[-1] == 429
    assert client.post("/akun/data/hapus/", {"word": "HAPUS", "password": PASSWORD}).status_code == 429


def test_the_admin_sees_numbers_of_erasures_alone(bank: Bank) -> None:
    assert browser_of(bank.cast.budi).get("/wilayah/penghapusan/").status_code == 200
    assert browser_of(bank.cast.yuli).get("/wilayah/penghapusan/").status_code == 404


def test_what_is_old_is_forgotten_and_what_is_young_stays(bank: Bank, known: Member) -> None:
    now = clock.now()
    for days in (1, 400):
        Notice.objects.create(
            user=bank.cast.ratna, subject="Kabar", dedupe=f"n{days}", created_at=now - timedelta(days=days)
        )
        OutboxMessage.objects.create(
            kind="mail", payload={"to": "a@example.test"}, dedupe=f"m{days}", state="delivered", due_at=now
        )
        OutboxMessage.objects.filter(dedupe=f"m{days}").update(created_at=now - timedelta(days=days))
        look = {
            "subject": known.public_id,
            "what": "record",
            "by": "user:x",
            "day": now.date() - timedelta(days=2 * days),
        }
        RecordAccess.objects.create(at=now - timedelta(days=2 * days), **look)
    done = forget_what_is_old()
    assert {name: done[name] for name in ("notices", "letters", "looks")} == {"notices": 1, "letters": 1, "looks": 1}
    assert Notice.objects.filter(dedupe="n1").exists() and not Notice.objects.filter(dedupe="n400").exists()
    assert OutboxMessage.objects.get(dedupe="m400").payload == {}, "the row stays, so that nothing is sent again"
    assert OutboxMessage.objects.get(dedupe="m1").payload
    assert RecordAccess.objects.count() == 1
    assert sum(forget_what_is_old().values()) == 0
    page = browser_of(bank.cast.ratna).get("/akun/data/").content.decode()
    assert all(str(rule.keep.days) in page for rule in rules())


def test_the_command_tells_what_it_sealed(bank: Bank, known: Member, settings: Any) -> None:
    settings.PERSONAL_KEYS = ["n" * 60]
    told = io.StringIO()
    call_command("reseal", stdout=told)
    lines = dict(line.split(": ", 1) for line in told.getvalue().splitlines())
    assert lines["bank_sampah_member.nik"] == "1 sealed, 0 refused"
    assert Member.objects.get(pk=known.pk).nik == NIK
