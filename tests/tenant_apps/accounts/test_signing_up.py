"""Opening an account: one proven address, no hint of who has one already, and the cart is still there afterwards."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.sessions.backends.base import SessionBase

from tenants.context import in_region
from tenants.identity.models import User
from tenants.models import Region
from tests.tenant_apps.accounts.doors import PASSWORD, Door, a_number, an_address, code_to, messages_to, words


def form(**more: Any) -> dict[str, Any]:
    return {"name": "Ratna Dewi", "phone": "", "email": "", "password1": PASSWORD, **more}


def test_by_number_a_code_comes_by_short_text(kalidoni: Region) -> None:
    number = a_number()
    with in_region(kalidoni):
        door = Door()
        answer = door.post("/daftar/", **form(phone=f"0{number[3:6]}-{number[6:]}"))
        assert (answer.status_code, answer.headers["Location"]) == (302, "/akun/nomor/kode/")
        assert number in words(door.get("/akun/nomor/kode/"))
        ratna = User.objects.get()
        assert (ratna.name, ratna.phone, ratna.phone_verified, ratna.email) == ("Ratna Dewi", number, False, "")
        assert not door.signed_in
        assert messages_to(number) == [
            f"{code_to(number)} adalah kode Anda untuk Kalidoni. Jangan beri tahu siapa pun."
        ]
        answer = door.post("/akun/nomor/kode/", code=code_to(number))
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
        assert door.user == ratna
        ratna.refresh_from_db()
        assert ratna.phone_verified


def test_by_address_a_code_comes_by_mail(kalidoni: Region) -> None:
    email = an_address()
    with in_region(kalidoni):
        door = Door()
        answer = door.post("/daftar/", **form(email=email.upper()))
        assert answer.headers["Location"] == "/akun/surel/kode/"
        assert email in words(door.get("/akun/surel/kode/"))
        assert User.objects.get().email == ""
        assert not door.signed_in
        (body,) = messages_to(email)
        assert "Kode Anda untuk Kalidoni" in body and "http" not in body
        door.post("/akun/surel/kode/", code=code_to(email))
        assert door.signed_in
        assert User.objects.get().email == email


def test_with_both_the_number_is_proven_and_the_address_waits(kalidoni: Region) -> None:
    number, email = a_number(), an_address()
    with in_region(kalidoni):
        door = Door()
        assert door.post("/daftar/", **form(phone=number, email=email)).headers["Location"] == "/akun/nomor/kode/"
        door.post("/akun/nomor/kode/", code=code_to(number))
        assert door.signed_in
        assert messages_to(email) == []
        page = words(door.get("/akun/"))
        assert email in page and "belum dikonfirmasi" in page
        # The waiting address opens nothing.
        assert Door().post("/masuk/", login=email, password=PASSWORD).status_code == 400
        assert door.post("/akun/surel/kirim/").headers["Location"] == "/akun/surel/kode/"
        door.post("/akun/surel/kode/", code=code_to(email))
        assert User.objects.get().email == email
        assert Door().post("/masuk/", login=email, password=PASSWORD).status_code == 302


@pytest.mark.parametrize(
    ("case", "typed", "fault"),
    [
        ("neither", {}, "Isi nomor HP atau alamat surel"),
        ("no number", {"phone": "12345"}, "Ini bukan nomor HP"),
        ("a land line", {"phone": "0711 123456"}, "nomor HP Indonesia"),
        ("a foreign number", {"phone": "+1 650 253 0000"}, "nomor HP Indonesia"),
        ("no address", {"email": "ratna@"}, "email"),
        ("no name", {"phone": "081234567890", "name": " "}, "name"),
        ("NUL", {"phone": "081234567890", "name": "a\x00b"}, "name"),
        ("a long name", {"phone": "081234567890", "name": "a" * 121}, "name"),
        ("a common password", {"phone": "081234567890", "password1": "password"}, "password1"),
        ("a short password", {"phone": "081234567890", "password1": "x7-kQ"}, "password1"),
    ],
)
def test_what_does_not_fit_is_said_by_its_field(kalidoni: Region, case: str, typed: dict[str, Any], fault: str) -> None:
    with in_region(kalidoni):
        answer = Door().post("/daftar/", **form(**typed))
        assert answer.status_code == 200
        assert fault in (answer.context["form"].errors if fault.islower() else words(answer)), answer.context[
            "form"
        ].errors
        assert not User.objects.exists()


def test_who_has_an_account_is_told_by_message_and_nobody_else_learns_of_it(kalidoni: Region) -> None:
    number, email = a_number(), an_address()
    with in_region(kalidoni):
        User.objects.create_user(password=PASSWORD, name="Ratna", phone=number, phone_verified=True)
        User.objects.create_user(password=PASSWORD, name="Siti", email=email)
        stranger = Door()
        answer = stranger.post("/daftar/", **form(phone=number))
        assert (answer.status_code, answer.headers["Location"]) == (302, "/akun/nomor/kode/")
        (body,) = messages_to(number)
        assert "sudah punya akun di Kalidoni" in body
        page = stranger.get("/akun/nomor/kode/")
        assert page.status_code == 200 and "Kami mengirim kode lewat SMS" in words(page)
        stranger.post("/akun/nomor/kode/", code="")
        assert not stranger.signed_in
        stranger = Door()
        answer = stranger.post("/daftar/", **form(email=email))
        assert (answer.status_code, answer.headers["Location"]) == (302, "/akun/surel/kode/")
        (body,) = messages_to(email)
        assert "sudah ada" in body
        assert User.objects.count() == 2


def test_typing_somebodys_address_keeps_them_from_nothing(kalidoni: Region) -> None:
    """A stranger typed Ratna's number and address first and proved neither; she opens her account as if nothing were."""
    number, email = a_number(), an_address()
    with in_region(kalidoni):
        Door().post("/daftar/", **form(phone=number, email=email, name="Made", password1="punya-made-7"))
        made = User.objects.get()
        with time_machine.travel("2030-01-01T00:00Z"):
            for typed, proven_at, address in (
                ({"phone": number}, "/akun/nomor/kode/", number),
                ({"email": email}, "/akun/surel/kode/", email),
            ):
                door = Door()
                assert door.post("/daftar/", **form(**typed)).headers["Location"] == proven_at
                door.post(proven_at, code=code_to(address))
                assert door.user not in (made, None) and door.signed_in
        # What he typed is now hers, so his password opens nothing.
        assert Door().post("/masuk/", login=number, password="punya-made-7").status_code == 400
        assert Door().post("/masuk/", login=email, password="punya-made-7").status_code == 400


def test_an_account_left_half_way_goes_on_at_the_next_sign_in(kalidoni: Region) -> None:
    number = a_number()
    with in_region(kalidoni):
        Door().post("/daftar/", **form(phone=number))
        door = Door()
        with time_machine.travel("2030-01-01T00:00Z"):
            assert door.post("/masuk/", login=number, password=PASSWORD).headers["Location"] == "/akun/nomor/kode/"
            assert not door.signed_in
            door.post("/akun/nomor/kode/", code=code_to(number))
            assert door.signed_in


def test_three_wrong_codes_end_the_attempt(kalidoni: Region) -> None:
    number = a_number()
    with in_region(kalidoni):
        door = Door()
        door.post("/daftar/", **form(phone=number))
        right = code_to(number)
        wrong = "000000" if right != "000000" else "111111"
        for expected in (200, 200, 302):
            assert door.post("/akun/nomor/kode/", code=wrong).status_code == expected
        assert door.post("/akun/nomor/kode/", code=right).headers["Location"] == "/masuk/"
        assert not door.signed_in
        assert not User.objects.get().phone_verified


def test_a_code_ends_after_fifteen_minutes(kalidoni: Region) -> None:
    number = a_number()
    with in_region(kalidoni), time_machine.travel("2026-11-24T12:00Z", tick=False) as moment:
        door = Door()
        door.post("/daftar/", **form(phone=number))
        moment.shift(15 * 60 + 1)
        assert door.post("/akun/nomor/kode/", code=code_to(number)).headers["Location"] == "/masuk/"
        assert not door.signed_in


def test_a_new_code_takes_the_place_of_the_old_and_not_at_once(kalidoni: Region) -> None:
    number = a_number()
    with in_region(kalidoni), time_machine.travel("2026-11-24T12:00Z", tick=False) as moment:
        door = Door()
        door.post("/daftar/", **form(phone=number))
        first = code_to(number)
        page = door.post_and_follow("/akun/nomor/kode/", action="resend")
        assert "Kode baru saja dikirim" in words(page)
        assert len(messages_to(number)) == 1
        moment.shift(16)
        door.post("/akun/nomor/kode/", action="resend")
        assert len(messages_to(number)) == 2
        if code_to(number) != first:
            assert door.post("/akun/nomor/kode/", code=first).status_code == 200
        door.post("/akun/nomor/kode/", code=code_to(number))
        assert door.signed_in


def test_a_number_is_not_flooded_with_codes(kalidoni: Region) -> None:
    number = a_number()
    with in_region(kalidoni), time_machine.travel("2026-11-24T12:00Z", tick=False) as moment:
        for nth in range(7):
            answer = Door().post("/daftar/", **form(phone=number))
            assert answer.status_code == (302 if nth < 5 else 429)
            moment.shift(60)
        assert len(messages_to(number)) == 5
        # Another number at the same place is served.
        assert Door().post("/daftar/", **form(phone=a_number())).status_code == 302


def test_cart_and_place_are_still_there_afterwards(kalidoni: Region) -> None:
    number, cart = a_number(), str(uuid4())
    place = {"village": "16.71.10.1002", "rw": 1, "rt": None}

    def kept(session: SessionBase) -> object:
        return session.get("cart"), session.get("place")

    with in_region(kalidoni):
        for enter in ("sign up", "sign in"):
            door = Door()
            door.get("/masuk/")
            session = door.client.session
            session["cart"], session["place"] = cart, place
            session.save()
            door.client.cookies["__Host-session"] = str(session.session_key)
            before = session.session_key
            if enter == "sign up":
                door.post("/daftar/", **form(phone=number))
                door.post("/akun/nomor/kode/", code=code_to(number))
            else:
                door.post("/masuk/", login=number, password=PASSWORD)
            # Looked at first: the next page of the shop takes the cart over into the account.
            assert kept(door.client.session) == (cart, place)
            assert door.signed_in
            # A session id that somebody knew before is worth nothing after.
            assert door.client.session.session_key != before


def test_the_second_of_two_who_prove_one_number_is_refused(kalidoni: Region) -> None:
    number = a_number()
    with in_region(kalidoni), time_machine.travel("2026-11-24T12:00Z", tick=False) as moment:
        doors, codes = [Door(), Door()], []
        for door in doors:
            door.post("/daftar/", **form(phone=number))
            codes.append(code_to(number))
            moment.shift(20)
        assert doors[1].post("/akun/nomor/kode/", code=codes[1]).status_code == 302
        answer = doors[0].post("/akun/nomor/kode/", code=codes[0])
        assert "sudah dikonfirmasi orang lain" in words(answer)
        assert [door.signed_in for door in doors] == [False, True]
        assert User.objects.filter(phone_verified=True).count() == 1


def test_the_second_of_two_who_prove_one_address_is_refused(kalidoni: Region) -> None:
    email = an_address()
    with in_region(kalidoni), time_machine.travel("2026-11-24T12:00Z", tick=False) as moment:
        doors, codes = [Door(), Door()], []
        for door in doors:
            door.post("/daftar/", **form(email=email))
            codes.append(code_to(email))
            moment.shift(20)
        assert doors[1].post("/akun/surel/kode/", code=codes[1]).status_code == 302
        answer = doors[0].post("/akun/surel/kode/", code=codes[0])
        assert "sudah dikonfirmasi orang lain" in words(answer)
        assert [door.signed_in for door in doors] == [False, True]
        assert EmailAddress.objects.filter(verified=True).count() == User.objects.exclude(email="").count() == 1
