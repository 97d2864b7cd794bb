"""Nothing that proves something in Kalidoni proves it in Lombok, though both have a person of the same id and address.

Each kind is carried over whole: the cookie, the row of the session, the code, the link.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC, get_emailconfirmation_model
from django.contrib.sessions.models import Session
from django.urls import NoReverseMatch, get_resolver, reverse

from tenant_apps.accounts.models import Role, RoleGrant
from tenant_apps.accounts.services.inviting import invite
from tenants import signing
from tenants.context import in_region, on_platform
from tenants.errors import BadToken
from tenants.identity.models import User
from tenants.models import Region
from tests.tenant_apps.accounts.doors import PASSWORD, Door, a_number, an_address, code_to, messages_to, token_in, words

NEW = "sandi-baru-11"
COOKIE = "__Host-session"


def carry(door: Door, home: Region, away: Region, *, row: bool) -> Door:
    """The same browser, with its cookie, at the other region; with `row`, its session's row was copied there too."""
    key = door.client.cookies[COOKIE].value
    if row:
        with in_region(home):
            found = Session.objects.get(session_key=key)
        with in_region(away):
            Session.objects.create(
                session_key=key, session_data=found.session_data, expire_date=found.expire_date + timedelta(days=1)
            )
    other = Door("lombok")
    other.client.cookies[COOKIE] = key
    return other


def twins(kalidoni: Region, lombok: Region, **facts: object) -> tuple[User, User]:
    with in_region(kalidoni):
        ratna = User.objects.create_user(password=PASSWORD, name="Ratna", **facts)
    with in_region(lombok):
        made = User(pk=ratna.pk, public_id=ratna.public_id, name="Made", **facts)
        made.set_password("punya-made-77")
        made.save()
    return ratna, made


@pytest.mark.parametrize("row", [False, True])
def test_a_session(kalidoni: Region, lombok: Region, row: bool) -> None:
    email = an_address()
    twins(kalidoni, lombok, email=email)
    door = Door()
    with in_region(kalidoni):
        assert door.post("/masuk/", login=email, password=PASSWORD).status_code == 302
    other = carry(door, kalidoni, lombok, row=row)
    with in_region(lombok):
        assert not other.signed_in
        assert other.get("/akun/").headers["Location"].startswith("/masuk/")


@pytest.mark.parametrize("row", [False, True])
@pytest.mark.parametrize("by", ["number", "address"])
def test_the_code_of_a_sign_up(kalidoni: Region, lombok: Region, by: str, row: bool) -> None:
    login = a_number() if by == "number" else an_address()
    path = "/akun/nomor/kode/" if by == "number" else "/akun/surel/kode/"
    typed = {"phone": login, "email": ""} if by == "number" else {"phone": "", "email": login}
    door = Door()
    with in_region(kalidoni):
        door.post("/daftar/", name="Ratna", password1=PASSWORD, **typed)
        ratna, code = User.objects.get(), code_to(login)
    with in_region(lombok):
        made = User(pk=ratna.pk, name="Made", phone=ratna.phone, language="id")
        made.set_password("punya-made-77")
        made.save()
        if by == "address":
            EmailAddress.objects.create(user=made, email=login)
    other = carry(door, kalidoni, lombok, row=row)
    with in_region(lombok):
        assert other.post(path, code=code).headers["Location"] == "/masuk/"
        assert not other.signed_in
        made.refresh_from_db()
        assert not made.is_proven
        assert not EmailAddress.objects.filter(verified=True).exists()
    with in_region(kalidoni):
        assert door.post(path, code=code).status_code == 302
        assert door.signed_in


@pytest.mark.parametrize("row", [False, True])
@pytest.mark.parametrize("by", ["number", "address"])
@pytest.mark.parametrize("confirmed", [False, True])
def test_the_code_of_a_forgotten_password(
    kalidoni: Region, lombok: Region, by: str, row: bool, confirmed: bool
) -> None:
    number, email = a_number(), an_address()
    _ratna, made = twins(kalidoni, lombok, phone=number, phone_verified=True, email=email)
    login = number if by == "number" else email
    door = Door()
    with in_region(kalidoni):
        door.post("/lupa-sandi/", login=login)
        code = code_to(login)
        if confirmed:
            door.post("/lupa-sandi/kode/", code=code)
    other = carry(door, kalidoni, lombok, row=row)
    with in_region(lombok):
        other.post("/lupa-sandi/kode/", code=code)
        other.post("/lupa-sandi/baru/", password1=NEW)
        assert not other.signed_in
        made.refresh_from_db()
        assert made.check_password("punya-made-77")
    with in_region(kalidoni):
        if not confirmed:
            door.post("/lupa-sandi/kode/", code=code)
        assert door.post("/lupa-sandi/baru/", password1=NEW).headers["Location"] == "/"


@pytest.mark.parametrize("row", [False, True])
@pytest.mark.parametrize("by", ["number", "address"])
def test_the_code_for_another_address(kalidoni: Region, lombok: Region, by: str, row: bool) -> None:
    """Even where the same browser is signed in at Lombok too."""
    new = a_number() if by == "number" else an_address()
    ratna, made = twins(kalidoni, lombok, email=an_address())
    path, field = ("/akun/nomor/", "phone") if by == "number" else ("/akun/surel/", "email")
    with in_region(kalidoni):
        door = Door(user=ratna)
        assert door.post(path, password=PASSWORD, **{field: new}).headers["Location"] == f"{path}kode/"
        code = code_to(new)
    other = carry(door, kalidoni, lombok, row=row)
    with in_region(lombok):
        other.post(f"{path}kode/", code=code)
        signed_in_there = Door("lombok", made)
        signed_in_there.post(f"{path}kode/", code=code)
        made.refresh_from_db()
        assert getattr(made, field) != new
        assert signed_in_there.signed_in and not other.signed_in
    with in_region(kalidoni):
        door.post(f"{path}kode/", code=code)
        ratna.refresh_from_db()
        assert getattr(ratna, field) == new


def test_an_invitation(kalidoni: Region, lombok: Region) -> None:
    number = a_number()
    with in_region(kalidoni):
        issued = invite(role=Role.ADMIN, name="Budi", by="system:test", phone=number)
        tokens = [token_in(issued.link), token_in(messages_to(number)[0])]
    for token in tokens:
        with in_region(lombok):
            made = User.objects.create_user(password=PASSWORD, name="Made")
            assert Door("lombok").get(f"/undangan/{token}/").status_code == 404
            assert Door("lombok").post(f"/undangan/{token}/gabung/", name="Made", password=PASSWORD).status_code == 404
            assert Door("lombok", made).post(f"/undangan/{token}/terima/").status_code == 404
            assert not RoleGrant.objects.exists()
        with in_region(kalidoni):
            assert Door().get(f"/undangan/{token}/").status_code == 200


def test_what_kept_the_cart_does_not_follow(kalidoni: Region, lombok: Region) -> None:
    with in_region(kalidoni):
        door = Door()
        door.post("/daftar/", name="Ratna", phone=a_number(), email="", password1=PASSWORD)
        session = door.client.session
        session["cart"] = {"beras": 2}
        session.save()
    other = carry(door, kalidoni, lombok, row=True)
    answer = other.get("/masuk/")
    with in_region(lombok):
        assert "cart" not in answer.wsgi_request.session


def test_a_form_token_is_bound_to_its_host(kalidoni: Region, lombok: Region) -> None:
    assert COOKIE.startswith("__Host-")
    with in_region(kalidoni):
        token = signing.dumps("anything", 7)
    with in_region(lombok), pytest.raises(BadToken):
        signing.loads("anything", token, max_age=timedelta(days=1))


def test_the_signed_links_of_allauth_lead_nowhere(kalidoni: Region, lombok: Region) -> None:
    """Its link for an address is signed alike in each region: no such link is made, and no page takes one."""
    with pytest.raises(NotImplementedError):
        get_emailconfirmation_model()
    with in_region(kalidoni):
        ratna = User.objects.create_user(password=PASSWORD, name="Ratna")
        key = EmailConfirmationHMAC(EmailAddress.objects.create(user=ratna, email=an_address())).key
    for urlconf in ("warsa.urls_region", "warsa.urls_platform"):
        names = {name for name in get_resolver(urlconf).reverse_dict if isinstance(name, str)}
        assert not names & {"account_confirm_email", "account_reset_password_from_key", "account_reauthenticate"}
        with pytest.raises(NoReverseMatch):
            reverse("account_confirm_email", urlconf=urlconf, args=[key])


def test_a_code_of_the_platform_is_none_in_a_region(kalidoni: Region, platform: None) -> None:
    email = an_address()
    operator = User.objects.create_user(password=PASSWORD, name="Operator", email=email)
    with in_region(kalidoni):
        ratna = User(pk=operator.pk, name="Ratna", email=email)
        ratna.set_password(PASSWORD)
        ratna.save()
    door = Door(slug="")
    door.post("/lupa-sandi/", login=email)
    with on_platform():
        code = code_to(email)
        key = door.client.cookies[COOKIE].value
        found = Session.objects.get(session_key=key)
    with in_region(kalidoni):
        Session.objects.create(session_key=key, session_data=found.session_data, expire_date=found.expire_date)
        other = Door()
        other.client.cookies[COOKIE] = key
        other.post("/lupa-sandi/kode/", code=code)
        other.post("/lupa-sandi/baru/", password1=NEW)
        ratna.refresh_from_db()
        assert ratna.check_password(PASSWORD)
        assert "Masuk" in words(other.get("/masuk/"))
