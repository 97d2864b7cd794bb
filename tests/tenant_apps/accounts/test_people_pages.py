"""The admin's pages: find people, give and take roles, invite. For all others they are not there."""

from __future__ import annotations

import re
import uuid

import pytest

from tenant_apps.accounts.models import Invitation, Role, RoleEvent, RoleGrant
from tenant_apps.accounts.services.inviting import accept, invite
from tenant_apps.accounts.services.roles import grant_role
from tenants.context import in_region
from tenants.identity.models import User
from tenants.models import Region
from tests.tenant_apps.accounts.doors import PASSWORD, Door, a_number, an_address, messages_to, token_in, words

BY = "system:test"


def person(name: str, *roles: Role, **more: object) -> User:
    user = User.objects.create_user(password=PASSWORD, name=name, **more)
    for role in roles:
        grant_role(user=user, role=role, by=BY)
    return user


def footprint() -> list[int]:
    return [
        RoleGrant.objects.count(),
        RoleEvent.objects.count(),
        Invitation.objects.count(),
        User.objects.filter(is_active=True).count(),
    ]


def test_people_with_roles_are_listed_and_everybody_is_found(kalidoni: Region) -> None:
    number = a_number()
    with in_region(kalidoni):
        budi = Door(user=person("Budi", Role.ADMIN))
        person("Yuli", Role.SATKER, Role.ADMIN)
        person("Ratna", phone=number, phone_verified=True, email="ratna@example.test")
        page = budi.get("/wilayah/orang/")
        assert [user.name for user in page.context["page"]] == ["Budi", "Yuli"]
        for wanted in ("ratn", "ratna@example", number, f"0{number[3:]}"):
            assert [user.name for user in budi.get("/wilayah/orang/", q=wanted).context["page"]] == ["Ratna"], wanted
        for wanted in ("\x00", "%", "'", "9" * 5_000, "٠٨١٢", "tidak ada"):
            assert budi.get("/wilayah/orang/", q=wanted).status_code == 200
        for number_of_page in ("abc", "-1", "99999999999999999999", ""):
            assert budi.get("/wilayah/orang/", page=number_of_page).status_code == 200


def test_the_list_has_pages_and_asks_few_questions(kalidoni: Region, django_assert_max_num_queries: object) -> None:
    with in_region(kalidoni):
        budi = Door(user=person("Budi", Role.ADMIN))
        for nth in range(35):
            person(f"Warga {nth:02}", Role.SATKER)
        with django_assert_max_num_queries(20):  # type: ignore[operator]
            page = budi.get("/wilayah/orang/")
        assert len(page.context["page"].object_list) == 30
        assert len(budi.get("/wilayah/orang/", page=2).context["page"].object_list) == 6


def test_an_admin_gives_and_takes_an_office(kalidoni: Region) -> None:
    with in_region(kalidoni):
        admin, yuli = person("Budi", Role.ADMIN), person("Yuli")
        budi, path = Door(user=admin), f"/wilayah/orang/{yuli.public_id}/"
        for _ in range(2):
            budi.post(f"{path}beri/", role="satker")
        assert RoleGrant.objects.get(user=yuli).by == admin.actor
        assert "petugas Satker" in words(budi.get(path))
        for _ in range(2):
            budi.post(f"{path}cabut/", role="satker")
        assert not RoleGrant.objects.filter(user=yuli).exists()
        assert list(RoleEvent.objects.filter(user=yuli).order_by("pk").values_list("kind", flat=True)) == [
            "granted",
            "revoked",
        ]


@pytest.mark.parametrize("role", ["owner", "staff", "", "raja", "\x00"])
def test_roles_of_a_warung_are_not_given_here(kalidoni: Region, role: str) -> None:
    with in_region(kalidoni):
        budi, yuli = Door(user=person("Budi", Role.ADMIN)), person("Yuli", Role.OWNER)
        before = footprint()
        for verb in ("beri", "cabut"):
            assert budi.post(f"/wilayah/orang/{yuli.public_id}/{verb}/", role=role).status_code == 302
        assert footprint() == before


def test_the_last_admin_keeps_the_role_and_the_account(kalidoni: Region) -> None:
    with in_region(kalidoni):
        admin = person("Budi", Role.ADMIN)
        budi, path = Door(user=admin), f"/wilayah/orang/{admin.public_id}/"
        before = footprint()
        answer = budi.post_and_follow(f"{path}cabut/", role="admin")
        assert "satu-satunya admin" in words(answer)
        answer = budi.post_and_follow(f"{path}tutup/")
        assert "hanya bisa ditutup oleh admin lain" in words(answer)
        assert footprint() == before


def test_an_admin_closes_an_account_and_opens_it_again(kalidoni: Region) -> None:
    email = an_address()
    with in_region(kalidoni):
        ratna = person("Ratna", email=email)
        budi, hers = Door(user=person("Budi", Role.ADMIN)), Door(user=ratna)
        path = f"/wilayah/orang/{ratna.public_id}/"
        assert hers.signed_in
        budi.post(f"{path}tutup/")
        assert not hers.signed_in
        assert "akun ditutup" in words(budi.get(path))
        assert not Door().post_and_follow("/masuk/", login=email, password=PASSWORD).wsgi_request.user.is_authenticated
        budi.post(f"{path}buka/")
        assert not hers.signed_in
        door = Door()
        door.post("/masuk/", login=email, password=PASSWORD)
        assert door.signed_in


def test_an_invitation_shows_its_link_once_and_sends_another(kalidoni: Region) -> None:
    email = an_address()
    with in_region(kalidoni):
        admin = person("Budi", Role.ADMIN)
        budi = Door(user=admin)
        answer = budi.post("/wilayah/orang/undang/", name="Yuli", role="satker", email=email, phone="")
        assert answer.status_code == 200
        shown, sent = token_in(words(answer)), token_in(messages_to(email)[0])
        assert shown != sent and "https://wa.me/?text=" in words(answer)
        row = Invitation.objects.get()
        assert (row.role, row.name, row.by, row.email) == ("satker", "Yuli", admin.actor, email)
        listed = words(budi.get("/wilayah/orang/undangan/"))
        assert "Yuli" in listed and not re.search(f"{shown}|{sent}", listed)
        again = budi.post("/wilayah/orang/undang/", name="Yuli", role="satker", email=email, phone="")
        assert again.status_code == 400 and "sudah punya undangan" in words(again)
        assert len(messages_to(email)) == 1
        renewed = budi.post(f"/wilayah/orang/undangan/{row.public_id}/kirim/")
        assert token_in(words(renewed)) != shown
        assert len(messages_to(email)) == 2
        budi.post(f"/wilayah/orang/undangan/{row.public_id}/tarik/")
        assert "Yuli" not in words(budi.get("/wilayah/orang/undangan/"))
        assert budi.post(f"/wilayah/orang/undangan/{row.public_id}/kirim/").status_code == 410


def test_what_was_accepted_is_not_withdrawn(kalidoni: Region) -> None:
    with in_region(kalidoni):
        budi = Door(user=person("Budi", Role.ADMIN))
        issued = invite(role=Role.SATKER, name="Yuli", by=BY)
        accept(token=token_in(issued.link), user=person("Yuli"))
        answer = budi.post_and_follow(f"/wilayah/orang/undangan/{issued.invitation.public_id}/tarik/")
        assert "sudah diterima" in words(answer)
        assert RoleGrant.objects.filter(role="satker").count() == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "name"),
        ({"name": "Yuli"}, "role"),
        ({"name": "Yuli", "role": "owner"}, "role"),
        ({"name": "Yuli", "role": "satker", "phone": "x"}, "phone"),
        ({"name": "Yuli", "role": "satker", "email": "x"}, "email"),
        ({"name": "Yuli\x00", "role": "satker"}, "name"),
        ({"name": "x" * 121, "role": "satker"}, "name"),
    ],
)
def test_what_does_not_fit_invites_nobody(kalidoni: Region, typed: dict[str, str], field: str) -> None:
    with in_region(kalidoni):
        answer = Door(user=person("Budi", Role.ADMIN)).post("/wilayah/orang/undang/", **typed)
        assert answer.status_code == 400 and field in answer.context["form"].errors
        assert not Invitation.objects.exists()


@pytest.mark.parametrize("who", ["visitor", "citizen", "owner", "satker", "admin of Lombok"])
def test_for_all_others_the_pages_are_not_there(kalidoni: Region, lombok: Region, who: str) -> None:
    with in_region(lombok):
        made = person("Made", Role.ADMIN)
        theirs = Door("lombok", made)
        assert theirs.get("/wilayah/orang/").status_code == 200
    with in_region(kalidoni):
        ratna = person("Ratna")
        person("Budi", Role.ADMIN)
        issued = invite(role=Role.SATKER, name="Yuli", by=BY)
        before = footprint()
    at = f"/wilayah/orang/{ratna.public_id}/"
    invitation = f"/wilayah/orang/undangan/{issued.invitation.public_id}/"
    doors = [
        ("get", "/wilayah/orang/"),
        ("get", "/wilayah/orang/undang/"),
        ("get", "/wilayah/orang/undangan/"),
        ("get", at),
    ]
    doors += [("post", at + verb) for verb in ("beri/", "cabut/", "tutup/", "buka/")]
    doors += [("post", "/wilayah/orang/undang/"), ("post", f"{invitation}kirim/"), ("post", f"{invitation}tarik/")]
    if who == "admin of Lombok":
        with in_region(lombok):
            for method, path in doors:
                if path.count("-") >= 4:
                    assert getattr(theirs, method)(path, role="admin").status_code == 404, path
    else:
        with in_region(kalidoni):
            roles = {"owner": [Role.OWNER], "satker": [Role.SATKER]}.get(who, [])
            door = Door(user=None if who == "visitor" else person("Siti", *roles))
            before = footprint()
            for method, path in doors:
                answer = getattr(door, method)(path, role="admin", name="Siti")
                assert answer.status_code == (302 if who == "visitor" else 404), path
                assert who != "visitor" or answer.headers["Location"].startswith("/masuk/")
    with in_region(kalidoni):
        assert footprint() == before


def test_a_person_who_is_not_there_is_not_found(kalidoni: Region) -> None:
    with in_region(kalidoni):
        budi = Door(user=person("Budi", Role.ADMIN))
        assert budi.get(f"/wilayah/orang/{uuid.uuid4()}/").status_code == 404
        assert budi.get("/wilayah/orang/bukan-uuid/").status_code == 404
        assert budi.post(f"/wilayah/orang/undangan/{uuid.uuid4()}/kirim/").status_code == 404
