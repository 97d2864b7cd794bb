"""One's own account: name, language, place, and the addresses one signs in with."""

from __future__ import annotations

from typing import Any

import pytest

from tenant_apps.accounts.models import Profile
from tenant_apps.accounts.selectors import profile_of
from tenant_apps.accounts.services.profiles import save_profile
from tenant_apps.warungs.models import Neighbourhood
from tenants.context import in_region
from tenants.identity.models import User
from tenants.models import Region
from tests.tenant_apps.accounts.doors import PASSWORD, Door, a_number, an_address, code_to, messages_to, words

VILLAGE, ELSEWHERE = "16.71.10.1002", "52.71.01.1001"


def ratna(**more: Any) -> User:
    Neighbourhood.objects.get_or_create(village_code=VILLAGE, rw=1, defaults={"rt_count": 8})
    return User.objects.create_user(password=PASSWORD, name="Ratna", **more)


def form(**more: str) -> dict[str, Any]:
    return {"name": "Ratna Dewi", "language": "id", "village_code": "", "rw": "", "rt": "", "address": "", **more}


def test_a_person_tells_name_language_and_place(kalidoni: Region) -> None:
    with in_region(kalidoni):
        user = ratna(email=an_address())
        door = Door(user=user)
        assert profile_of(user).pk is None
        told = form(language="en", village_code=VILLAGE, rw="1", rt="3", address=" Lorong Kenanga 5 ")
        for _ in range(2):
            answer = door.post("/akun/", **told)
            assert answer.status_code == 302
        assert answer.cookies["language"].value == "en"
        profile = profile_of(user)
        assert (profile.village_code, profile.rw, profile.rt, profile.address) == (VILLAGE, 1, 3, "Lorong Kenanga 5")
        user.refresh_from_db()
        assert (user.name, user.language) == ("Ratna Dewi", "en")
        assert 'lang="en"' in words(door.get("/akun/"))
        assert Profile.objects.count() == 1
        # Signing in on another phone brings the language along.
        assert Door().post("/masuk/", login=user.email, password=PASSWORD).cookies["language"].value == "en"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"village_code": ELSEWHERE}, "village_code"),
        ({"village_code": "x\x00"}, "village_code"),
        ({"village_code": VILLAGE, "rt": "3"}, "rw"),
        ({"village_code": VILLAGE, "rw": "0"}, "rw"),
        ({"village_code": VILLAGE, "rw": "99999999999999999999"}, "rw"),
        ({"village_code": VILLAGE, "rw": "satu"}, "rw"),
        ({"village_code": VILLAGE, "rw": "1", "rt": "-1"}, "rt"),
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"language": "fr"}, "language"),
        ({"address": "x" * 241}, "address"),
        ({"address": "a\x00"}, "address"),
    ],
)
def test_what_does_not_fit_changes_nothing(kalidoni: Region, typed: dict[str, str], field: str) -> None:
    with in_region(kalidoni):
        user = ratna()
        answer = Door(user=user).post("/akun/", **form(**typed))
        assert answer.status_code == 400 and field in answer.context["form"].errors
        user.refresh_from_db()
        assert user.name == "Ratna" and not Profile.objects.exists()


def test_the_service_holds_the_same_rules(kalidoni: Region) -> None:
    from tenant_apps.accounts.errors import UnknownPlace

    with in_region(kalidoni):
        user = ratna()
        for place in ({"village_code": ELSEWHERE}, {"village_code": VILLAGE, "rt": 3}):
            with pytest.raises(UnknownPlace):
                save_profile(user=user, **place)  # type: ignore[arg-type]
        assert not Profile.objects.exists()


@pytest.mark.parametrize("path", ["/akun/", "/akun/surel/", "/akun/nomor/", "/akun/sandi/"])
def test_a_visitor_is_asked_to_sign_in(kalidoni: Region, path: str) -> None:
    assert Door().get(path).headers["Location"] == f"/masuk/?next={path}"
    assert Door().post(path, **form()).headers["Location"] == "/masuk/?next=/"


@pytest.mark.parametrize("by", ["number", "address"])
def test_a_new_address_counts_once_its_code_was_typed(kalidoni: Region, by: str) -> None:
    path, field, name = ("/akun/nomor/", "phone", "phone") if by == "number" else ("/akun/surel/", "email", "email")
    old, new = (a_number(), a_number()) if by == "number" else (an_address(), an_address())
    with in_region(kalidoni):
        user = ratna(**{name: old}, phone_verified=by == "number")
        door = Door(user=user)
        assert door.post(path, password="salah", **{field: new}).status_code == 400
        assert door.post(path, password=PASSWORD, **{field: old}).status_code == 400
        assert messages_to(new) == []
        assert door.post(path, password=PASSWORD, **{field: new}).headers["Location"] == f"{path}kode/"
        assert new in words(door.get(f"{path}kode/"))
        user.refresh_from_db()
        assert getattr(user, name) == old
        assert door.post(f"{path}kode/", code=code_to(new)).headers["Location"] == "/akun/"
        user.refresh_from_db()
        assert getattr(user, name) == new
        assert Door().post("/masuk/", login=old, password=PASSWORD).status_code == 400
        assert Door().post("/masuk/", login=new, password=PASSWORD).status_code == 302


@pytest.mark.parametrize("by", ["number", "address"])
def test_an_address_that_somebody_has_cannot_be_taken(kalidoni: Region, by: str) -> None:
    path, field = ("/akun/nomor/", "phone") if by == "number" else ("/akun/surel/", "email")
    taken = a_number() if by == "number" else an_address()
    with in_region(kalidoni):
        ratna(**{field: taken}, phone_verified=by == "number")
        made = User.objects.create_user(password=PASSWORD, name="Made", email=an_address())
        door = Door(user=made)
        # The asking page tells nothing; whoever reads the messages of that address is told at the code.
        assert door.post(path, password=PASSWORD, **{field: taken}).headers["Location"] == f"{path}kode/"
        answer = door.post(f"{path}kode/", code=code_to(taken))
        assert "sudah dikonfirmasi orang lain" in words(answer)
        made.refresh_from_db()
        assert getattr(made, field) != taken


def test_passwords_are_not_guessed_at_an_open_phone(kalidoni: Region) -> None:
    with in_region(kalidoni):
        user = ratna(email=an_address())
        door = Door(user=user)
        for _ in range(5):
            door.post("/akun/surel/", password="salah", email=an_address())
        answer = door.post("/akun/surel/", password=PASSWORD, email=an_address())
        assert answer.status_code == 400 and "Terlalu banyak percobaan" in words(answer)


def test_a_number_that_waits_is_confirmed_from_the_page(kalidoni: Region) -> None:
    number = a_number()
    with in_region(kalidoni):
        user = ratna(email=an_address(), phone=number)
        door = Door(user=user)
        assert "belum dikonfirmasi" in words(door.get("/akun/"))
        assert door.post("/akun/nomor/kirim/").headers["Location"] == "/akun/nomor/kode/"
        door.post("/akun/nomor/kode/", code=code_to(number))
        user.refresh_from_db()
        assert user.phone_verified
        assert door.post("/akun/nomor/kirim/").headers["Location"] == "/akun/"
        assert door.post("/akun/surel/kirim/").headers["Location"] == "/akun/"
        assert len(messages_to(number)) == 1
