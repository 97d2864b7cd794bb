"""Following an invitation: what a new person, a known one and a stranger find behind the link."""

from __future__ import annotations

from uuid import uuid4

import pytest
import time_machine

from tenant_apps.accounts.models import Invitation, Role, RoleGrant
from tenant_apps.accounts.services.inviting import GOOD_FOR, invite, withdraw_invitation
from tenants.context import in_region
from tenants.identity.models import User
from tenants.models import Region
from tests.tenant_apps.accounts.doors import PASSWORD, Door, a_number, an_address, code_to, messages_to, token_in, words

BY = "system:test"


def budi(**more: str) -> User:
    return User.objects.create_user(password=PASSWORD, name="Budi", **more)


@pytest.mark.parametrize("by", ["number", "address"])
def test_a_new_person_with_the_sent_link_is_inside_at_once(kalidoni: Region, by: str) -> None:
    number, email = a_number(), an_address()
    with in_region(kalidoni):
        sent_to = {"phone": number} if by == "number" else {"email": email}
        invite(role=Role.SATKER, name="Yuli", by=BY, email=sent_to.get("email", ""), phone=sent_to.get("phone", ""))
        address = number if by == "number" else email
        link = f"/undangan/{token_in(messages_to(address)[0])}/"
        door = Door()
        page = words(door.get(link))
        assert "Kalidoni mengundang Anda sebagai petugas Satker" in page
        assert f"Mulai sekarang Anda masuk dengan {address}." in page
        answer = door.post(f"{link}gabung/", name="Yuli Astuti", password=PASSWORD, phone="081299990000")
        assert answer.status_code == 302
        yuli = User.objects.get()
        assert door.user == yuli
        # The address is proven by the link; what was typed beside it is not taken.
        assert (yuli.name, yuli.is_proven, yuli.phone, yuli.email) == (
            "Yuli Astuti",
            True,
            number if by == "number" else "",
            email if by == "address" else "",
        )
        assert list(RoleGrant.objects.values_list("user", "role")) == [(yuli.pk, "satker")]
        assert Door().post("/masuk/", login=address, password=PASSWORD).headers["Location"] == "/"
        assert door.get(link).status_code == 302


def test_a_new_person_with_the_shown_link_proves_the_address_later(kalidoni: Region) -> None:
    number, shown_nothing = a_number(), a_number()
    with in_region(kalidoni):
        link = f"/undangan/{token_in(invite(role=Role.ADMIN, name='Budi', by=BY, phone=shown_nothing).link)}/"
        door = Door()
        page = words(door.get(link))
        assert shown_nothing not in page
        answer = door.post(f"{link}gabung/", name="Budi", password=PASSWORD, phone="", email="")
        assert answer.status_code == 400 and "Isi nomor HP atau alamat surel" in words(answer)
        assert not User.objects.exists()
        door.post(f"{link}gabung/", name="Budi", password=PASSWORD, phone=number, email="")
        assert door.signed_in
        assert not User.objects.get().phone_verified
        again = Door()
        assert again.post("/masuk/", login=number, password=PASSWORD).headers["Location"] == "/akun/nomor/kode/"
        assert not again.signed_in
        again.post("/akun/nomor/kode/", code=code_to(number))
        assert again.signed_in


def test_one_tap_for_who_is_signed_in(kalidoni: Region) -> None:
    with in_region(kalidoni):
        user = budi(email=an_address())
        link = f"/undangan/{token_in(invite(role=Role.ADMIN, name='Budi', by=BY).link)}/"
        door = Door(user=user)
        assert "Anda masuk sebagai Budi." in words(door.get(link))
        assert not RoleGrant.objects.exists()
        for _ in range(2):
            assert door.post(f"{link}terima/").status_code == 302
        assert RoleGrant.objects.get().user == user
        # Another person finds it used.
        siti = Door(user=User.objects.create_user(password=PASSWORD, name="Siti"))
        assert siti.get(link).status_code == 410
        assert siti.post(f"{link}terima/").status_code == 410
        assert Door().post(f"{link}gabung/", name="Made", password=PASSWORD, phone=a_number()).status_code == 410
        assert (User.objects.count(), RoleGrant.objects.count()) == (2, 1)


def test_a_visitor_who_taps_accept_is_asked_to_sign_in_and_comes_back(kalidoni: Region) -> None:
    email = an_address()
    with in_region(kalidoni):
        budi(email=email)
        link = f"/undangan/{token_in(invite(role=Role.ADMIN, name='Budi', by=BY).link)}/"
        door = Door()
        assert door.post(f"{link}terima/").headers["Location"] == f"/masuk/?next={link}"
        assert door.post("/masuk/", login=email, password=PASSWORD, next=link).headers["Location"] == link
        assert not RoleGrant.objects.exists()


def test_only_the_sent_link_tells_that_the_address_has_an_account(kalidoni: Region) -> None:
    email = an_address()
    with in_region(kalidoni):
        budi(email=email)
        issued = invite(role=Role.ADMIN, name="Budi", by=BY, email=email)
        sent, shown = token_in(messages_to(email)[0]), token_in(issued.link)
        assert "Anda sudah punya akun dengan" in words(Door().get(f"/undangan/{sent}/"))
        page = words(Door().get(f"/undangan/{shown}/"))
        assert "Anda sudah punya akun dengan" not in page and email not in page
        # A typed address that somebody has proven is taken as merely typed; nothing is told.
        answer = Door().post(f"/undangan/{shown}/gabung/", name="Made", password=PASSWORD, phone="", email=email)
        assert answer.status_code == 302
        assert User.objects.get(name="Made").email == ""


def test_the_sent_link_opens_no_second_account_for_its_address(kalidoni: Region) -> None:
    email = an_address()
    with in_region(kalidoni):
        budi(email=email)
        invite(role=Role.ADMIN, name="Budi", by=BY, email=email)
        link = f"/undangan/{token_in(messages_to(email)[0])}/"
        answer = Door().post(f"{link}gabung/", name="Budi", password=PASSWORD)
        assert answer.status_code == 400
        assert (User.objects.count(), RoleGrant.objects.count()) == (1, 0)
        assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize(("ended", "status"), [("wrong", 404), ("withdrawn", 410), ("run out", 410)])
def test_a_link_that_does_not_work_gets_a_kind_page(kalidoni: Region, ended: str, status: int) -> None:
    with in_region(kalidoni), time_machine.travel("2026-11-24T12:00Z", tick=False) as moment:
        issued = invite(role=Role.ADMIN, name="Budi Santoso", by=BY, email=an_address())
        token = token_in(issued.link)
        if ended == "wrong":
            token = "x" * 43
        elif ended == "withdrawn":
            withdraw_invitation(invitation=issued.invitation, by=BY)
        else:
            moment.shift(GOOD_FOR)
        user = budi()
        for door, path in (
            (Door(), f"/undangan/{token}/"),
            (Door(user=user), f"/undangan/{token}/"),
        ):
            answer = door.get(path)
            assert answer.status_code == status
            assert "undangan" in words(answer) and "Budi Santoso" not in words(answer)
        assert Door(user=user).post(f"/undangan/{token}/terima/").status_code == status
        assert Door().post(f"/undangan/{token}/gabung/", name="x", password=PASSWORD).status_code == status
        assert (User.objects.count(), RoleGrant.objects.count()) == (1, 0)


@pytest.mark.parametrize("token", ["%00", "a b", "é", "x" * 3_000, "' OR 1=1 --"])
def test_a_nonsense_token_is_nobodys(kalidoni: Region, token: str) -> None:
    assert Door().get(f"/undangan/{token}/").status_code == 404


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "", "password": PASSWORD, "phone": "081234567890"}, "name"),
        ({"name": "a\x00", "password": PASSWORD, "phone": "081234567890"}, "name"),
        ({"name": "Budi", "password": "12345678", "phone": "081234567890"}, "password"),
        ({"name": "Budi", "password": PASSWORD, "phone": "x"}, "phone"),
        ({"name": "Budi", "password": PASSWORD, "email": "x"}, "email"),
        ({}, "name"),
    ],
)
def test_what_does_not_fit_is_said_by_its_field(kalidoni: Region, typed: dict[str, str], field: str) -> None:
    with in_region(kalidoni):
        link = f"/undangan/{token_in(invite(role=Role.ADMIN, name='Budi', by=BY).link)}/"
        answer = Door().post(f"{link}gabung/", **typed)
        assert answer.status_code == 400
        assert field in answer.context["form"].errors
        assert not User.objects.exists()


def test_the_cart_comes_along(kalidoni: Region) -> None:
    with in_region(kalidoni):
        link = f"/undangan/{token_in(invite(role=Role.OWNER, name='Hasan', by=BY).link)}/"
        door = Door()
        door.get(link)
        session = door.client.session
        session["cart"] = cart = str(uuid4())
        session.save()
        door.client.cookies["__Host-session"] = str(session.session_key)
        door.post(f"{link}gabung/", name="Hasan", password=PASSWORD, phone=a_number())
        # Looked at first: the next page of the shop takes the cart over into the account.
        assert door.client.session["cart"] == cart
        assert door.signed_in
