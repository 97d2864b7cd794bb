"""A citizen is erased: the trial balance is as it was, and nothing anywhere tells who it was."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.test import Client

from tenant_apps.accounts.models import Invitation, Passkey
from tenant_apps.agent_banking.customers import customer_number
from tenant_apps.agent_banking.models import AccountReferral, AgentCustomer, AgentTransaction
from tenant_apps.agent_banking.services import submit_referral
from tenant_apps.api.models import IdempotencyRecord
from tenant_apps.bank_sampah.errors import MemberClosed
from tenant_apps.bank_sampah.models import Load, Member, PickupRequest, Way
from tenant_apps.bank_sampah.selectors.books import free_book
from tenant_apps.bank_sampah.services import (
    Heap,
    ask_pickup,
    change_member,
    join,
    refuse_pickup,
    set_collection_day,
    set_pin,
    take_back,
)
from tenant_apps.bank_sampah.services import Place as WastePlace
from tenant_apps.bank_sampah.services.accounts import of_book
from tenant_apps.ledger.selectors import trial_balance
from tenant_apps.ledger.services import Posting, account_of_citizen, account_of_satker, post, unproven_accounts
from tenant_apps.notifications.models import Notice
from tenant_apps.orders.models import Method, Order
from tenant_apps.orders.services.filling import accept_order, cancel_order, hand_over, pack_order
from tenant_apps.pos.services.bons import open_bon
from tenant_apps.pricing.models import PriceClaim
from tenant_apps.pricing.services.claiming import claimable_lines, reject_claim, submit_claim
from tenant_apps.privacy.errors import NotYet
from tenant_apps.privacy.models import Erasure, ErasureState
from tenant_apps.privacy.services import ask_erasure, carry_out, copy_of, hindrances_of
from tenants.backup.exporting import content_digests, export_region, snapshot
from tenants.backup.restoring import restore, swap
from tenants.context import in_region
from tenants.hosts import host_of_slug
from tenants.identity.addresses import owner_of_phone
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tenants.personal.people import Person
from tenants.personal.sweeping import Needles, pattern
from tenants.personal.texts import is_free
from tests.cast import BY, PASSWORD, Cast, browser_of, build_cast
from tests.tenant_apps.agent_banking.desk import begun, record
from tests.tenant_apps.bank_sampah.bank import PIN, Bank, open_bank
from tests.tenant_apps.orders.desk import HOME, place
from tests.tenant_apps.privacy import traces
from tests.tenant_apps.privacy.traces import MAIL, NAME, NIK, NUMBER
from tests.world import admin

pytestmark = pytest.mark.usefixtures("committed")


class Told(logging.Handler):
    """Every line that anybody logs, with what it was filled with."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logging.Formatter("%(name)s %(message)s").format(record))


@pytest.fixture
def told() -> Iterator[Told]:
    handler, root = Told(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    # Django's SQL log is for developers and off everywhere else; everything above it is kept.
    root.setLevel(logging.INFO)
    yield handler
    root.removeHandler(handler)
    root.setLevel(before)


def live(region: Region) -> tuple[Cast, Bank, User, Member]:
    """A citizen who does everything that there is to do in a region, and of whom others write. The region is bound."""
    cast = build_cast()
    bank = open_bank(cast)
    zul = User.objects.create_user(password=PASSWORD, name=NAME, email=MAIL, phone=NUMBER, phone_verified=True)
    member = join(
        unit=bank.unit, name=NAME, phone="0813-9876-5432", nik=NIK, user=zul, rw=1, rt=3, address="Lorong Zulaikha 5",
        by=BY, agrees=True,
    )  # fmt: skip
    set_pin(member=member, pin=PIN, by=BY)
    book = free_book(member)
    wrong = bank.weigh({"PL-01": 1_000}, book=book)
    take_back(deposit=wrong, reason=f"Salah orang, bukan {NAME}", by=BY)
    slip = bank.weigh({"PL-01": 4_000}, book=book)
    tomorrow = clock.today("Asia/Jakarta") + timedelta(days=1)
    for weekday in {tomorrow.weekday(), (tomorrow.weekday() + 1) % 7}:
        set_collection_day(unit=bank.unit, weekday=weekday, starts=time(8), ends=time(11), by=BY)
    waits = Heap(Load.SACK, note=f"Panggil {NAME}")
    home = WastePlace(1, 3, "Lorong Zulaikha Marpaung 5")
    ask_pickup(member=member, day=tomorrow, key=uuid.uuid4(), place=home, heap=waits, by=BY)
    again = ask_pickup(member=member, day=tomorrow + timedelta(days=1), key=uuid.uuid4(), place=home, heap=waits, by=BY)
    refuse_pickup(pickup=again, reason=f"{NAME} pindah rumah", by=BY)
    bank.ask(slip.value - slip.share, book=book, way=Way.BALANCE)
    # Her whole balance goes to the Satker again.
    balance = account_of_citizen(zul)
    post(
        key="back", text=f"Kembali dari {NAME}", by=BY,
        postings=[Posting(balance, balance.amount), Posting(account_of_satker(cast.satker, "cash"), -balance.amount)],
    )  # fmt: skip
    order = place(
        cast, customer=zul, method=Method.DELIVERY, address=HOME, fee=2_000, note="Titip di rumah bu zulaikha marpaung"
    )
    hand_over(order=pack_order(order=accept_order(order=order, by=BY), by=BY), by=BY)
    # A neighbour has something brought to her number.
    other = place(cast)
    Order.objects.filter(pk=other.pk).update(note=f"Telepon 0813 9876 5432 ({NAME})")
    other.refresh_from_db()
    other.customer_phone = NUMBER
    other.save(update_fields=["customer_phone"])
    line = claimable_lines(zul)[0]
    claim = submit_claim(
        user=zul, line=line.line, market="Pasar Kuto", seen_on=clock.today("Asia/Jakarta"), per_quantity=1_000, price=9_000,
        photo=ContentFile(b"\xff\xd8 nota " + NAME.encode(), name="nota.jpg"), note=f"nota atas nama {NAME}",
    )  # fmt: skip
    reject_claim(claim=claim, by=BY, reason=f"Nota {NAME.upper()} tidak terbaca")
    open_bon(warung=cast.warung, name=f"{NAME} (RT 3)", phone=NUMBER, limit=50_000, by=BY)
    bon = open_bon(warung=cast.warung, name="Bu Zul", phone=NUMBER, limit=50_000, by=BY)
    bon.user = zul
    bon.save(update_fields=["user"])
    agent, _day = begun(cast)
    record(agent, "pulsa", 50_000, number="081398765432", customer_name=NAME, note=f"pulsa {NAME}")
    submit_referral(agent=agent, key=uuid.uuid4(), name=NAME, phone=NUMBER, note=f"{NAME} mau buka rekening", by=BY)
    Invitation.objects.create(
        role="staff",
        name=NAME,
        email=MAIL,
        phone=NUMBER,
        token_hash="x" * 64,
        by=BY,
        expires_at=clock.now() + timedelta(days=3),
    )
    Passkey.objects.create(user=zul, host="kalidoni.localhost", name=f"HP {NAME}", credential_id="c", credential=b"k")
    IdempotencyRecord.objects.create(
        user=cast.hasan, key="k", fingerprint="f" * 64, status=200, body=f'{{"customer": "{NAME}"}}'
    )
    for message in list(OutboxMessage.objects.filter(kind="notice")):
        from tenant_apps.notifications.services import deliver_notice

        deliver_notice(message)
    return cast, bank, zul, member


def person(user: User) -> Person:
    return Person(user=user)


def test_nothing_tells_who_it_was(kalidoni: Region, told: Told, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    with in_region(kalidoni):
        cast, _bank, zul, member = live(kalidoni)
        before = trial_balance()
        kept = (Order.objects.count(), AgentTransaction.objects.count(), Notice.objects.exclude(user=zul).count())
        # The search finds her where she is, or it proves nothing.
        there = traces.in_tables(kalidoni)
        assert {
            "identity_user.name", "identity_user.phone", "identity_user.email", "bank_sampah_member.nik",
            "bank_sampah_member.phone", "bank_sampah_deposit.reason", "bank_sampah_pickuprequest.address",
            "bank_sampah_pickuprequest.note", "bank_sampah_pickupevent.reason", "orders_order.customer_phone", "orders_order.note",
            "pos_boncustomer.name", "agent_banking_agenttransaction.customer_name", "agent_banking_accountreferral.name",
            "notifications_notice.body", "outbox_outboxmessage.payload", "pricing_priceclaim.decision",
            "ledger_journalentry.text", "accounts_invitation.phone", "api_idempotencyrecord.body",
        } <= set(there), there  # fmt: skip
        assert traces.in_files(kalidoni)

        made = ask_erasure(person=person(zul), by=zul.actor)
        assert not User.objects.get(pk=zul.pk).is_active, "shut at once"
        done = carry_out(made.pk)
        assert (done.state, done.refused, done.needles) == (ErasureState.DONE, [], "")

        assert traces.in_tables(kalidoni) == []
        assert traces.in_files(kalidoni) == []
        assert trial_balance() == before
        assert unproven_accounts() == []
        assert kept == (
            Order.objects.count(),
            AgentTransaction.objects.count(),
            Notice.objects.exclude(user=zul).count(),
        ), "what belongs to others is still there"
        # Who else is in the region is untouched.
        assert User.objects.get(pk=cast.ratna.pk).phone == "+6281200000001"
        assert Member.objects.get(user=cast.ratna).name == "Ratna"
        assert Member.objects.get(pk=member.pk).name.startswith("Terhapus ")
        assert set(PickupRequest.objects.values_list("state", flat=True)) == {"cancelled", "refused"}
        assert AccountReferral.objects.get().name.startswith("Terhapus ")
        assert not Passkey.objects.exists()
        assert not set(customer_number("081398765432").indexes) & set(
            AgentCustomer.objects.values_list("blind_index", flat=True)
        )
        with (
            pytest.raises(IntegrityError, match="never rewritten"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            # What was lifted for her is in force again.
            cursor.execute("UPDATE ledger_journalentry SET text = 'x'")
    archive = tmp_path / "kalidoni.warsa"
    export_region(region=kalidoni, path=archive)
    with in_region(kalidoni):
        assert traces.in_archive(archive) == []
    assert [line for line in told.lines if traces.SPELLINGS.search(line)] == []
    assert not traces.in_server_log()


def test_lists_and_tables_that_people_take_out_do_not_name_her(kalidoni: Region, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    with in_region(kalidoni):
        cast, bank, zul, member = live(kalidoni)
        pages = [
            f"/sampah/{bank.unit.public_id}/nasabah/", f"/sampah/{bank.unit.public_id}/nasabah/{member.number}/",
            f"/sampah/{bank.unit.public_id}/", "/satker/bank-sampah/laporan/", "/satker/bank-sampah/laporan/unduh/",
        ]  # fmt: skip
        client = Client(headers={"host": host_of_slug("kalidoni")})
        client.force_login(cast.yuli)
        assert any(traces.found_in(_body(client, page)) for page in pages), "she is shown before"
        carry_out(ask_erasure(person=person(zul), by=zul.actor).pk)
        assert [page for page in pages if traces.found_in(_body(client, page))] == []


def _body(client: Client, page: str) -> str:
    answer = client.get(page, follow=True)
    assert answer.status_code in (200, 404), page
    body = b"".join(getattr(answer, "streaming_content", ())) or answer.content
    return body.decode("utf-8", "replace")


def test_it_goes_on_where_it_was_killed(
    kalidoni: Region, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    with in_region(kalidoni):
        _cast, _bank, zul, _member = live(kalidoni)
        made = ask_erasure(person=person(zul), by=zul.actor)

        def killed(*_told: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr("tenant_apps.privacy.services.erasing.sweep", killed)
            with pytest.raises(KeyboardInterrupt):
                carry_out(made.pk)
        assert Erasure.objects.get().state == ErasureState.ASKED
        assert traces.in_tables(kalidoni), "half of it is still to be done"
        carry_out(made.pk)
        assert traces.in_tables(kalidoni) == []
        again = carry_out(made.pk)
        assert again.state == ErasureState.DONE


def test_a_state_of_before_that_is_taken_back_forgets_her_again(
    kalidoni: Region, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    with in_region(kalidoni):
        _cast, _bank, zul, _member = live(kalidoni)
    archive = tmp_path / "kalidoni.warsa"
    export_region(region=kalidoni, path=archive)
    with in_region(kalidoni):
        carry_out(ask_erasure(person=person(zul), by=zul.actor).pk)
    restore(path=archive)
    swap(region=kalidoni, drain_s=0)
    try:
        with in_region(kalidoni):
            assert traces.in_tables(kalidoni), "the archive still knew her"
            waiting = Erasure.objects.get()
            assert waiting.state == ErasureState.ASKED, "and the region knows what is to be done"
            carry_out(waiting.pk)
            assert traces.in_tables(kalidoni) == []
    finally:
        swap(region=kalidoni, drain_s=0)
        from tenants.backup.restoring import discard

        discard(region=kalidoni, typed_slug="kalidoni")


def test_money_and_work_stand_in_the_way(kalidoni: Region) -> None:
    with in_region(kalidoni):
        cast = build_cast()
        bank = open_bank(cast)
        bank.weigh({"PL-01": 2_000})
        order = place(cast)
        with pytest.raises(NotYet) as refused:
            ask_erasure(person=person(cast.ratna), by=cast.ratna.actor)
        text = " ".join(refused.value.context["reasons"])
        assert bank.member.number in text and order.number in text
        with pytest.raises(NotYet, match="milik Anda"):
            ask_erasure(person=person(cast.hasan), by=cast.hasan.actor)
        assert not Erasure.objects.exists()
        assert User.objects.get(pk=cast.ratna.pk).is_active


def test_a_member_without_an_account_is_erased_by_the_satker(kalidoni: Region) -> None:
    with in_region(kalidoni):
        cast = build_cast()
        bank = open_bank(cast)
        member = join(unit=bank.unit, name=NAME, phone=NUMBER, nik=NIK, by=BY, agrees=True)
        client = Client(headers={"host": host_of_slug("kalidoni")})
        address = f"/sampah/{bank.unit.public_id}/nasabah/{member.number}/hapus/"
        client.force_login(cast.hasan)
        assert client.post(address, {"reason": "datang sendiri"}).status_code == 404, "a unit cannot"
        client.force_login(cast.yuli)
        assert client.post(address, {"reason": ""}).status_code == 400
        answer = client.post(address, {"reason": "datang sendiri dengan KTP"})
        assert answer.status_code == 302
        carry_out(Erasure.objects.get().pk)
        assert traces.in_tables(kalidoni) == []
        assert Member.objects.get(pk=member.pk).state == "closed"


def test_asked_twice_is_one_erasure(kalidoni: Region) -> None:
    with in_region(kalidoni):
        build_cast()
        zul = User.objects.create_user(password=PASSWORD, name=NAME, email=MAIL)
        first = ask_erasure(person=person(zul), by=zul.actor)
        assert ask_erasure(person=person(zul), by=zul.actor) == first


def test_her_copy_holds_what_is_kept(kalidoni: Region, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    with in_region(kalidoni):
        _cast, _bank, zul, member = live(kalidoni)
        data = copy_of(person(zul))["data"]
        assert data["accounts"]["phone"] == NUMBER
        assert data["bank_sampah"]["members"][0]["nik"] == NIK
        assert {row["deposit__number"] for row in data["bank_sampah"]["slips"]} == set(
            free_book(member).deposits.values_list("number", flat=True)
        )
        assert [row["note"] for row in data["bank_sampah"]["pickups"]] == [f"Panggil {NAME}"] * 2
        assert len(data["orders"]["orders"]) == 1 and len(data["pricing"]["claims"]) == 1
        assert data["ledger"]["movements"]


def test_a_namesake_keeps_the_account_and_the_book(kalidoni: Region) -> None:
    """Of two people of one name only the one who asked is gone from accounts and books; free text cannot tell them apart."""
    with in_region(kalidoni):
        cast = build_cast()
        bank = open_bank(cast)
        zul = User.objects.create_user(password=PASSWORD, name=NAME, email=MAIL)
        namesake = join(unit=bank.unit, name=NAME, phone="0812 0000 9999", by=BY, agrees=True)
        other = User.objects.create_user(password=PASSWORD, name=NAME, email="zul2@example.test")
        carry_out(ask_erasure(person=person(zul), by=zul.actor).pk)
        assert User.objects.get(pk=other.pk).name == NAME
        assert Member.objects.get(pk=namesake.pk).name == NAME
        assert PriceClaim.objects.count() == 0


@pytest.mark.parametrize(
    "text",
    [
        "zulaikha marpaung",
        "Bu ZULAIKHA  MARPAUNG,",
        "0813-9876-5432",
        "+62 813 9876 5432",
        "6281398765432",
        "1671 0462 0391 0007",
    ],
)
def test_the_sweep_finds_each_spelling(kalidoni: Region, text: str) -> None:
    needles = Needles(names=(NAME,), numbers=("6281398765432",), niks=(NIK,))
    with in_region(kalidoni), connection.cursor() as cursor:
        cursor.execute("SELECT %s ~* %s", [text, pattern(needles)])
        assert cursor.fetchone() == (True,)


@pytest.mark.parametrize("text", ["Zulaikhah Marpaung", "081398765432" + "1", "X1671046203910007" + "9", "marpaung"])
def test_the_sweep_leaves_what_only_looks_like_it(kalidoni: Region, text: str) -> None:
    needles = Needles(names=(NAME,), numbers=("6281398765432",), niks=(NIK,))
    with in_region(kalidoni), connection.cursor() as cursor:
        cursor.execute("SELECT %s ~* %s", [text, pattern(needles)])
        assert cursor.fetchone() == (False,)


def test_signs_of_a_pattern_in_a_name_are_signs(kalidoni: Region) -> None:
    with in_region(kalidoni):
        cast = build_cast()
        name = 'A.* (b|c) "d" \\ O\'Neil'
        odd = User.objects.create_user(password=PASSWORD, name=name, email="odd@example.test")
        put_note(cast.hasan, f"Pesan dari {name}.", "odd")
        put_note(cast.hasan, "Pesan dari Abc.", "other")
        carry_out(ask_erasure(person=person(odd), by=odd.actor).pk)
        assert set(Notice.objects.values_list("body", flat=True)) >= {"Pesan dari •••.", "Pesan dari Abc."}
        assert set(OutboxMessage.objects.filter(dedupe="odd").values_list("payload__body", flat=True)) == {
            "Pesan dari •••."
        }


def put_note(reader: User, body: str, key: str) -> None:
    Notice.objects.create(user=reader, subject="Kabar", body=body, dedupe=key, created_at=clock.now())
    OutboxMessage.objects.create(
        kind="mail", payload={"body": body, "to": "x@example.test"}, dedupe=key, due_at=clock.now()
    )


def everything(region: Region) -> dict[str, str]:
    """A digest of every table but those that say that somebody was forgotten."""
    with snapshot(region) as cursor:
        digests = content_digests(cursor, region.schema_name)
    return {name: digest for name, digest in digests.items() if not name.startswith(("privacy_", "identity_user"))}


@pytest.mark.parametrize(
    "name", ["Balance", "User", "Savings", "pbkdf2_sha256", "Beras", "Warung", "true", "citizen", "Sari"]
)
def test_a_name_that_is_a_word_of_the_system_breaks_nothing(kalidoni: Region, name: str) -> None:
    with in_region(kalidoni):
        cast = build_cast()
        open_bank(cast)
        account_of_citizen(cast.ratna)
        put_note(cast.hasan, "Warung buka: Beras Sari murah.", "n")
        zul = User.objects.create_user(password=PASSWORD, name=name, email=MAIL)
    before = everything(kalidoni)
    with in_region(kalidoni):
        others = set(User.objects.exclude(pk=zul.pk).values_list("name", "password", "phone", "email"))
        carry_out(ask_erasure(person=person(zul), by=zul.actor).pk)
        assert set(User.objects.exclude(pk=zul.pk).values_list("name", "password", "phone", "email")) == others
    after = everything(kalidoni)
    assert [table for table in before if before[table] != after.get(table)] == []


def test_what_somebody_typed_forgets_and_shows_nobody_else(kalidoni: Region) -> None:
    """Wayan orders for Ratna, by her number; registers her address and another's number unproven; and calls himself like a bon."""
    with in_region(kalidoni):
        cast = build_cast()
        bank = open_bank(cast)
        Member.objects.filter(pk=bank.member.pk)
        change_member(member=bank.member, name="Ratna", phone="+6281200000001")
        open_bon(warung=cast.warung, name="Siti Aminah", phone="", limit=50_000, by=BY)
        theirs = open_bon(warung=cast.warung, name="Bu Ratna", phone="+6281200000001", limit=50_000, by=BY)
        agent, _day = begun(cast)
        record(agent, "pulsa", 50_000, number="081200000001")
        wayan = User.objects.create_user(password=PASSWORD, name="Siti Aminah", phone="+6281200000001")
        EmailAddress.objects.create(user=wayan, email="ratna@example.test", verified=False)
        order = place(cast, customer=wayan)
        Order.objects.filter(pk=order.pk).update(customer_name="Ratna")
        order.refresh_from_db()
        order.customer_phone = "+6281200000001"
        order.save(update_fields=["customer_phone"])
        cancel_order(order=order, by=wayan.actor)
        data = copy_of(person(wayan))["data"]
        assert "agent_banking" not in data or data["agent_banking"]["transactions"] == []
        assert data.get("pos", {"bons": []})["bons"] == []
        assert hindrances_of(person(wayan)) == []
        put_note(cast.hasan, "Ratna mengambil pesanan ABC234.", "n")
        carry_out(ask_erasure(person=person(wayan), by=wayan.actor).pk)
        ratna = User.objects.get(pk=cast.ratna.pk)
        assert (ratna.name, ratna.phone, ratna.email, ratna.phone_verified) == (
            "Ratna", "+6281200000001", "ratna@example.test", True,
        )  # fmt: skip
        assert owner_of_phone("+6281200000001") == ratna
        member = Member.objects.get(pk=bank.member.pk)
        assert (member.name, member.phone, member.state) == ("Ratna", "+6281200000001", "active")
        bon = type(theirs).objects.get(pk=theirs.pk)
        assert (bon.name, bon.phone, bon.closed_at) == ("Bu Ratna", "+6281200000001", None)
        assert type(theirs).objects.filter(name="Siti Aminah", closed_at=None).exists()
        assert Notice.objects.get(dedupe="n").body == "Ratna mengambil pesanan ABC234."
        assert Order.objects.get(pk=order.pk).customer_name.startswith("Terhapus "), (
            "his own order tells nothing of either"
        )


def test_a_name_of_one_word_goes_beside_their_own_documents(kalidoni: Region) -> None:
    with in_region(kalidoni):
        cast = build_cast()
        zul = User.objects.create_user(password=PASSWORD, name="Mawar", email=MAIL)
        order = place(cast, customer=zul)
        cancel_order(order=order, by=zul.actor)
        put_note(cast.hasan, f"Mawar membatalkan pesanan {order.number}.", "hers")
        put_note(cast.hasan, "Lorong Mawar banjir.", "street")
        carry_out(ask_erasure(person=person(zul), by=zul.actor).pk)
        assert Notice.objects.get(dedupe="hers").body == f"••• membatalkan pesanan {order.number}."
        assert Notice.objects.get(dedupe="street").body == "Lorong Mawar banjir."


def test_nothing_is_weighed_in_once_it_is_asked(kalidoni: Region) -> None:
    with in_region(kalidoni):
        _cast, bank, zul, member = live(kalidoni)
        made = ask_erasure(person=person(zul), by=zul.actor)
        with pytest.raises(MemberClosed):
            bank.weigh({"PL-01": 1_000}, book=free_book(member))
        # Money that came in another way is not lost: it waits, and the admin reads why.
        book = free_book(member)
        post(
            key="late", text="Terlambat", by=BY,
            postings=[Posting(of_book(book), -5_000), Posting(account_of_satker(_cast.satker, "cash"), 5_000)],
        )  # fmt: skip
        waiting = carry_out(made.pk)
        assert waiting.state == ErasureState.ASKED and member.number in waiting.refused[0]
        assert User.objects.get(pk=zul.pk).name == NAME, "nothing of it is half done"
        client = browser_of(_cast.budi)
        assert member.number in client.get("/wilayah/penghapusan/").content.decode()


def test_two_open_invitations_hold_nothing_up(kalidoni: Region) -> None:
    with in_region(kalidoni):
        build_cast()
        zul = User.objects.create_user(password=PASSWORD, name=NAME, email=MAIL, phone=NUMBER, phone_verified=True)
        for number, sent in enumerate(({"email": MAIL}, {"phone": NUMBER})):
            Invitation.objects.create(
                role="staff",
                name=NAME,
                token_hash=f"{number}" * 64,
                by=BY,
                expires_at=clock.now() + timedelta(days=3),
                **sent,
            )
        done = carry_out(ask_erasure(person=person(zul), by=zul.actor).pk)
        assert done.state == ErasureState.DONE and traces.in_tables(kalidoni) == []
        assert not any(one.is_open for one in Invitation.objects.all())


def test_one_row_that_the_database_keeps_is_told_and_the_others_go(kalidoni: Region) -> None:
    with in_region(kalidoni):
        cast = build_cast()
        zul = User.objects.create_user(password=PASSWORD, name=NAME, email=MAIL)
        for key in ("a", "b"):
            put_note(cast.hasan, f"Dari {NAME}", key)
    with admin() as cursor:
        cursor.execute(
            f'ALTER TABLE "{kalidoni.schema_name}".notifications_notice ADD CONSTRAINT stubborn'
            f" CHECK (dedupe <> 'a' OR body = 'Dari {NAME}')"
        )
    try:
        with in_region(kalidoni):
            kept = Notice.objects.get(dedupe="a")
            done = carry_out(ask_erasure(person=person(zul), by=zul.actor).pk)
            assert done.refused == [f"notifications_notice.body {kept.pk}"]
            assert Notice.objects.get(dedupe="b").body == "Dari •••"
    finally:
        with admin() as cursor:
            cursor.execute(f'ALTER TABLE "{kalidoni.schema_name}".notifications_notice DROP CONSTRAINT stubborn')


# Text columns in which nobody writes of people: codes, goods, places, rules, or names of the row's own owner.
NOT_FREE = {
    "begun_by", "ended_by", "bank", "word",
    "challenge", "after", "before", "carton_label", "kind",
    "address", "applied_by", "approved_by", "article_name", "attention", "barcode", "bank_reference", "body", "by",
    "changed_by", "closed_by", "code", "codename", "content", "counted_by", "co2e_source", "created_by", "credential_id",
    "customer_label", "customer_name", "decided_by", "dedupe", "digest", "done_by", "email", "file", "fingerprint",
    "hint", "host", "hours", "key", "label", "last_login", "left_out", "line", "made_by", "market", "model", "name",
    "needles", "note_number", "observer", "opened_by", "outcome", "pack_label", "paid_by", "password", "path", "payload",
    "photo", "pieces", "pin", "plan", "prefix", "product_name", "proof", "provider_reference", "purpose", "reason_by",
    "received_by", "reference", "refusal", "refused", "reversal_reference", "reversed_by", "reviewed_by", "roles", "rows",
    "search", "section", "sent_by", "session_data", "session_key", "settled_by", "signature", "sku", "slug", "source",
    "step", "supplier", "supplier_name", "supplier_reference", "synonyms", "text", "tiers", "token_hash", "user_agent",
    "variant", "verified_by", "village_name", "voided_by", "withdrawn_by", "differences", "headers", "columns", "table",
    "changed", "number", "subject", "document", "phone", "phone_index", "nik", "nik_index", "customer_phone",
    "customer_phone_index", "email_token_hash", "phone_token_hash", "blind_index", "asked_by", "added_by", "answered_by",
    "merchant_name", "actor", "action", "target", "details", "request", "reason_digest", "previous",
}  # fmt: skip


def test_every_text_column_is_known_to_the_sweep_or_to_this_list(kalidoni: Region) -> None:
    """A new column of texts is looked at once: do people write in it what they like? Then it belongs to texts.FREE."""
    with in_region(kalidoni), connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s"
            " AND data_type IN ('text', 'character varying', 'json', 'jsonb')"
            " AND coalesce(character_maximum_length, 4000) >= 40 AND is_generated = 'NEVER'",
            [kalidoni.schema_name],
        )
        unknown = {
            f"{table}.{column}"
            for table, column in cursor.fetchall()
            if not is_free(table, column) and column not in NOT_FREE and not table.startswith(("django_", "auth_"))
        }
    assert not unknown, "\n".join(sorted(unknown))
