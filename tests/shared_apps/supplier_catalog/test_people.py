"""Who works for a supplier: invitations, roles, leaving."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared_apps.supplier_catalog.errors import InvitationEnded, InvitationUnknown, LastAdmin, TooMany
from shared_apps.supplier_catalog.models import (
    SupplierInvitation,
    SupplierMember,
    SupplierOrganisation,
    SupplierRole,
    SupplierState,
)
from shared_apps.supplier_catalog.services import people
from shared_apps.supplier_catalog.services.inviting import accept, accept_as_new, invite, send_again, withdraw
from tenants.identity.models import User
from tenants.kernel import clock
from tests.cast import PASSWORD
from tests.shared_apps.supplier_catalog.people import account, member, platform_browser
from tests.shared_apps.supplier_catalog.test_registering import mailed_token
from tests.shared_apps.supplier_catalog.wholesaler import verified

pytestmark = pytest.mark.usefixtures("platform")

ORANG = "/pemasok/orang/"
INVITE = "/pemasok/orang/undang/"
NUR = {"name": "Nur", "email": "nur@example.test", "role": "catalogue"}


@pytest.fixture
def musi(platform: None) -> SupplierOrganisation:
    return verified("Sinar Musi", nib="1234567890123")


@pytest.fixture
def halim(musi: SupplierOrganisation) -> User:
    return member(musi, "Halim")


def invited(musi: SupplierOrganisation, role: SupplierRole = SupplierRole.ORDERS, **other: str) -> SupplierInvitation:
    facts = {"email": "nur@example.test", "name": "Nur", "by": "user:x", **other}
    return invite(organisation=musi, role=role, **facts)


def role_of(user: User) -> str | None:
    return SupplierMember.objects.filter(user=user).values_list("role", flat=True).first()


def test_an_administrator_invites_and_the_invited_is_inside(musi: SupplierOrganisation, halim: User) -> None:
    browser = platform_browser(halim)
    assert browser.post(INVITE, NUR)["Location"] == "/pemasok/orang/undangan/"
    assert "nur@example.test" in browser.get("/pemasok/orang/undangan/").content.decode()
    link = f"/pemasok/undangan/{mailed_token('nur@example.test')}/"
    hers = platform_browser()
    assert "Sinar Musi mengundang Anda" in hers.get(link).content.decode()
    assert hers.post(f"{link}gabung/", {"name": "Nur", "password": "123"}).status_code == 400
    assert hers.post(f"{link}gabung/", {"name": "Nur", "password": PASSWORD})["Location"] == "/pemasok/"
    nur = User.objects.get(email="nur@example.test")
    assert (role_of(nur), nur.is_proven) == ("catalogue", True)
    assert "nur@example.test" in browser.get(ORANG).content.decode()
    assert "nur@example.test" not in browser.get("/pemasok/orang/undangan/").content.decode()


def test_who_has_an_account_signs_in_and_taps(musi: SupplierOrganisation) -> None:
    nur = account("Nur")
    invited(musi)
    link = f"/pemasok/undangan/{mailed_token('nur@example.test')}/"
    stranger = platform_browser()
    assert "/masuk/?next=" in stranger.get(link).content.decode()
    assert stranger.post(f"{link}gabung/", {"name": "Nur", "password": PASSWORD}).status_code == 400
    assert stranger.post(f"{link}terima/")["Location"].startswith("/masuk/")
    assert role_of(nur) is None
    hers = platform_browser(nur)
    assert hers.post(f"{link}terima/")["Location"] == "/pemasok/"
    assert hers.post(f"{link}terima/")["Location"] == "/pemasok/"
    assert (role_of(nur), SupplierMember.objects.count()) == ("orders", 1)


def test_a_link_is_for_one_person(musi: SupplierOrganisation) -> None:
    invited(musi)
    token = mailed_token("nur@example.test")
    accept(token=token, user=account("Nur"))
    with pytest.raises(InvitationEnded):
        accept(token=token, user=account("Toni"))


@pytest.mark.parametrize("ended", ["withdrawn", "ran out", "newer", "refused"])
def test_ended_links_let_nobody_in(musi: SupplierOrganisation, ended: str) -> None:
    invitation = invited(musi)
    token = mailed_token("nur@example.test")
    if ended == "withdrawn":
        withdraw(invitation=invitation)
        withdraw(invitation=invitation)
    elif ended == "ran out":
        SupplierInvitation.objects.update(ends_at=clock.now() - timedelta(seconds=1))
    elif ended == "newer":
        invited(musi)
    else:
        SupplierOrganisation.objects.update(state=SupplierState.REFUSED)
    with pytest.raises((InvitationEnded, InvitationUnknown)):
        accept_as_new(token=token, name="Nur", password=PASSWORD, language="id")
    assert not User.objects.exists()
    link = f"/pemasok/undangan/{token}/"
    assert platform_browser().get(link).status_code in (404, 410)


def test_a_second_invitation_takes_the_place_of_the_first(musi: SupplierOrganisation) -> None:
    first = invited(musi, SupplierRole.ORDERS)
    assert invited(musi, SupplierRole.CATALOGUE, email=" NUR@example.test").pk == first.pk
    accept(token=mailed_token("nur@example.test"), user=account("Nur"))
    assert role_of(User.objects.get()) == "catalogue"


def test_an_administrator_who_follows_a_smaller_invitation_stays_one(musi: SupplierOrganisation, halim: User) -> None:
    invited(musi, SupplierRole.ORDERS, email="halim@example.test")
    accept(token=mailed_token("halim@example.test"), user=halim)
    assert role_of(halim) == "admin"


def test_one_address_gets_only_so_many_invitations(musi: SupplierOrganisation, halim: User) -> None:
    invitation = invited(musi)
    for _again in range(4):
        send_again(invitation=invitation, by="user:x")
    with pytest.raises(TooMany):
        send_again(invitation=invitation, by="user:x")
    answer = platform_browser(halim).post(INVITE, NUR)
    assert answer.status_code == 429
    assert 'value="nur@example.test"' in answer.content.decode()


def test_invitations_are_sent_again_and_withdrawn(musi: SupplierOrganisation, halim: User) -> None:
    invitation = invited(musi)
    before = mailed_token("nur@example.test")
    browser = platform_browser(halim)
    address = f"/pemasok/orang/undangan/{invitation.public_id}/"
    assert browser.post(f"{address}kirim-lagi/").status_code == 302
    assert mailed_token("nur@example.test") != before
    assert browser.post(f"{address}tarik/").status_code == 302
    assert browser.post(f"{address}kirim-lagi/").status_code == 410
    accepted = invited(musi)
    accept(token=mailed_token("nur@example.test"), user=account("Nur"))
    assert browser.post(f"/pemasok/orang/undangan/{accepted.public_id}/tarik/").status_code == 410


@pytest.mark.parametrize(
    "sent", [{}, {**NUR, "email": "x"}, {**NUR, "role": "owner"}, {**NUR, "name": ""}, {**NUR, "name": "x" * 500}]
)
def test_an_invitation_that_is_not_filled_in_is_shown_again(halim: User, sent: dict[str, str]) -> None:
    answer = platform_browser(halim).post(INVITE, sent)
    assert answer.status_code == 400
    if sent.get("name") == "Nur":
        assert 'value="Nur"' in answer.content.decode()
    assert not SupplierInvitation.objects.exists()


def test_roles_change_and_people_leave(musi: SupplierOrganisation, halim: User) -> None:
    nur = member(musi, "Nur", SupplierRole.ORDERS)
    browser = platform_browser(halim)
    assert browser.post(f"{ORANG}{nur.public_id}/peran/", {"role": "catalogue"})["Location"] == ORANG
    assert role_of(nur) == "catalogue"
    assert browser.post(f"{ORANG}{nur.public_id}/peran/", {"role": "king"}).status_code == 404
    assert browser.post(f"{ORANG}{nur.public_id}/keluarkan/")["Location"] == ORANG
    assert role_of(nur) is None
    assert User.objects.filter(pk=nur.pk, is_active=True).exists()
    assert browser.post(f"{ORANG}{nur.public_id}/keluarkan/").status_code == 404


def test_the_last_administrator_stays(musi: SupplierOrganisation, halim: User) -> None:
    browser = platform_browser(halim)
    member(musi, "Nur", SupplierRole.CATALOGUE)
    browser.post(f"{ORANG}{halim.public_id}/peran/", {"role": "orders"})
    answer = browser.post(f"{ORANG}{halim.public_id}/keluarkan/", follow=True)
    assert "Jadikan orang lain pengelola dulu" in answer.content.decode()
    assert role_of(halim) == "admin"
    closed = member(musi, "Toni")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    with pytest.raises(LastAdmin):
        people.remove(member=SupplierMember.objects.get(user=halim))
    rini = member(musi, "Rini")
    assert browser.post(f"{ORANG}{halim.public_id}/keluarkan/")["Location"] == "/"
    assert (role_of(halim), role_of(rini)) == (None, "admin")


def _pages(musi: SupplierOrganisation) -> list[tuple[str, str]]:
    nur = member(musi, "Nur", SupplierRole.ORDERS)
    invitation = invited(musi, email="baru@example.test")
    return [
        ("get", ORANG),
        ("get", INVITE),
        ("post", INVITE),
        ("get", "/pemasok/orang/undangan/"),
        ("post", f"/pemasok/orang/undangan/{invitation.public_id}/kirim-lagi/"),
        ("post", f"/pemasok/orang/undangan/{invitation.public_id}/tarik/"),
        ("post", f"{ORANG}{nur.public_id}/peran/"),
        ("post", f"{ORANG}{nur.public_id}/keluarkan/"),
        ("get", "/pemasok/usaha/ubah/"),
        ("post", "/pemasok/usaha/ubah/"),
        ("get", "/pemasok/usaha/wilayah/"),
        ("post", "/pemasok/usaha/wilayah/"),
    ]


@pytest.mark.parametrize("who", ["catalogue", "orders", "admin elsewhere", "stranger", "refused"])
def test_people_and_data_are_for_administrators_of_that_supplier(musi: SupplierOrganisation, who: str) -> None:
    other = verified("Rinjani Pangan", nib="9876543210987")
    pages = _pages(musi)
    if who == "admin elsewhere":
        rini = member(other, "Rini")
        # The pages that name nothing of Sinar Musi are Rini's own.
        pages = [(method, path) for method, path in pages if re_has_id(path)]
    elif who == "stranger":
        rini = account("Rini")
    elif who == "refused":
        rini = member(musi, "Rini")
        SupplierOrganisation.objects.filter(pk=musi.pk).update(state=SupplierState.REFUSED)
    else:
        rini = member(musi, "Rini", SupplierRole(who))
    browser: Any = platform_browser(rini)
    before = (SupplierInvitation.objects.get().token_hash, SupplierMember.objects.count())
    for method, path in pages:
        answer = getattr(browser, method)(path, {"role": "admin", "supplier": musi.public_id})
        assert answer.status_code == 404, (method, path)
    assert (SupplierInvitation.objects.get().token_hash, SupplierMember.objects.count()) == before


def re_has_id(path: str) -> bool:
    return any(len(part) == 36 for part in path.split("/"))


def test_lists_of_people_ask_as_often_for_many_as_for_few(
    musi: SupplierOrganisation, halim: User, django_assert_max_num_queries: Any
) -> None:
    browser = platform_browser(halim)
    for number in range(3):
        member(musi, f"Nur{number}", SupplierRole.ORDERS)
        invited(musi, email=f"n{number}@example.test")
    counts = []
    for extra in (0, 12):
        for number in range(extra):
            member(musi, f"Orang{number}", SupplierRole.ORDERS)
            invited(musi, email=f"o{number}@example.test")
        for path in (ORANG, "/pemasok/orang/undangan/"):
            with django_assert_max_num_queries(20) as seen:
                browser.get(path)
            counts.append(len(seen.captured_queries))
    assert counts[:2] == counts[2:]
