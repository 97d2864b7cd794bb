"""Owners and staff come to their warung by invitation."""

from __future__ import annotations

import pytest
from django.test import Client

from tenant_apps.accounts.models import Invitation, Role, RoleGrant
from tenant_apps.accounts.services.inviting import accept
from tenant_apps.warungs.models import Warung, WarungStaff
from tenant_apps.warungs.services import close_warung, register_warung
from tenants.identity.models import User
from tests.cast import BY, VILLAGE, Cast, browser_of, person

JOKO = {"name": "Joko", "phone": "", "email": "joko@example.test"}


@pytest.fixture
def budi(market: Cast) -> Client:
    return browser_of(market.budi)


@pytest.fixture
def fresh(market: Cast) -> Warung:
    """A warung that nobody owns."""
    return register_warung(name="Manisan Joko", village_code=VILLAGE, by=BY)


def page(warung: Warung) -> str:
    return f"/wilayah/warung/{warung.public_id}/"


def token(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]


def test_the_invited_person_owns_the_warung(market: Cast, budi: Client, fresh: Warung) -> None:
    answer = budi.post(page(fresh) + "undang/", JOKO)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert answer.context["link"] in text
    assert "https://wa.me/?text=Halo+Joko" in text
    joko = person("Joko")
    accept(token=token(answer.context["link"]), user=joko)
    fresh.refresh_from_db()
    assert fresh.owner == joko
    assert list(RoleGrant.objects.filter(user=joko).values_list("role", flat=True)) == [Role.OWNER]
    assert browser_of(joko).get("/toko/").context["warung"] == fresh


def test_a_second_tap_says_that_the_invitation_is_out(market: Cast, budi: Client, fresh: Warung) -> None:
    budi.post(page(fresh) + "undang/", JOKO)
    answer = budi.post(page(fresh) + "undang/", JOKO)
    assert answer.context["invite_form"].non_field_errors()
    assert Invitation.objects.filter(subject=fresh.public_id).count() == 1


def test_a_new_link_ends_the_earlier_one_and_withdrawing_ends_both(market: Cast, budi: Client, fresh: Warung) -> None:
    first = budi.post(page(fresh) + "undang/", JOKO).context["link"]
    invitation = Invitation.objects.get(subject=fresh.public_id)
    again = budi.post(f"{page(fresh)}undangan/{invitation.public_id}/kirim/")
    second = again.context["link"]
    assert first != second
    assert browser_of(None).get(f"/undangan/{token(first)}/").status_code in (404, 410)
    assert browser_of(None).get(f"/undangan/{token(second)}/").status_code == 200
    assert budi.post(f"{page(fresh)}undangan/{invitation.public_id}/tarik/").status_code == 302
    assert browser_of(None).get(f"/undangan/{token(second)}/").status_code == 410
    # What was withdrawn is not there any more.
    assert budi.post(f"{page(fresh)}undangan/{invitation.public_id}/kirim/").status_code == 404


def test_an_invitation_belongs_to_its_warung(market: Cast, budi: Client, fresh: Warung) -> None:
    budi.post(page(fresh) + "undang/", JOKO)
    invitation = Invitation.objects.get(subject=fresh.public_id)
    assert budi.post(f"{page(market.warung)}undangan/{invitation.public_id}/tarik/").status_code == 404
    invitation.refresh_from_db()
    assert invitation.withdrawn_at is None


@pytest.mark.parametrize(
    ("field", "text"),
    [("name", ""), ("name", "\x00"), ("phone", "abc"), ("email", "joko"), ("email", "x" * 300 + "@example.test")],
)
def test_whom_nobody_can_invite_is_a_message(market: Cast, budi: Client, fresh: Warung, field: str, text: str) -> None:
    answer = budi.post(page(fresh) + "undang/", {**JOKO, field: text})
    assert (answer.status_code, list(answer.context["invite_form"].errors)) == (200, [field])
    assert not Invitation.objects.exists()


def test_nobody_is_invited_to_a_warung_that_has_ended(market: Cast, budi: Client, fresh: Warung) -> None:
    close_warung(warung=fresh, by=BY, reason="Selesai")
    answer = budi.post(page(fresh) + "undang/", JOKO)
    assert answer.context["invite_form"].non_field_errors()
    assert not Invitation.objects.exists()


def invite_helper(market: Cast) -> str:
    sent = {**JOKO, "warung": str(market.warung.public_id)}
    answer = browser_of(market.hasan).post("/toko/pegawai/undang/", sent)
    link: str = answer.context["link"]
    return token(link)


def test_an_owner_invites_staff_who_then_stand_at_the_counter(market: Cast) -> None:
    joko = person("Joko")
    accept(token=invite_helper(market), user=joko)
    assert WarungStaff.objects.filter(warung=market.warung, user=joko).count() == 1
    browser = browser_of(joko)
    assert browser.get("/toko/").context["warung"] == market.warung
    assert browser.get("/toko/profil/").status_code == 404
    sent = {**JOKO, "name": "Adik", "warung": str(market.warung.public_id)}
    assert browser.post("/toko/pegawai/undang/", sent).status_code == 404


def test_an_owner_invites_nobody_to_another_warung(market: Cast) -> None:
    sent = {**JOKO, "warung": str(market.other_warung.public_id)}
    assert browser_of(market.hasan).post("/toko/pegawai/undang/", sent).status_code == 404
    assert not Invitation.objects.exists()


def test_staff_who_are_removed_lose_the_counter_and_the_role(market: Cast) -> None:
    sent = {"warung": str(market.warung.public_id)}
    hasan = browser_of(market.hasan)
    assert hasan.post(f"/toko/pegawai/{market.wati.public_id}/lepas/", sent).status_code == 302
    assert not WarungStaff.objects.exists()
    assert not RoleGrant.objects.filter(user=market.wati).exists()
    assert browser_of(market.wati).get("/toko/").status_code == 404
    # A second tap, and somebody who never worked here.
    for who in (market.wati, market.ratna):
        assert hasan.post(f"/toko/pegawai/{who.public_id}/lepas/", sent).status_code == 404


def test_staff_of_two_warungs_keep_the_role_with_the_second(market: Cast) -> None:
    WarungStaff.objects.create(warung=market.other_warung, user=market.wati)
    sent = {"warung": str(market.warung.public_id)}
    browser_of(market.hasan).post(f"/toko/pegawai/{market.wati.public_id}/lepas/", sent)
    assert RoleGrant.objects.filter(user=market.wati, role=Role.STAFF).count() == 1
    assert browser_of(market.wati).get("/toko/").context["warung"] == market.other_warung


def test_siti_removes_nobody_of_hasans(market: Cast) -> None:
    siti = browser_of(market.siti)
    for warung in (market.warung, market.other_warung):
        sent = {"warung": str(warung.public_id)}
        assert siti.post(f"/toko/pegawai/{market.wati.public_id}/lepas/", sent).status_code == 404
    assert WarungStaff.objects.count() == 1


def test_a_staff_invitation_is_renewed_and_withdrawn_by_its_owner_alone(market: Cast) -> None:
    invite_helper(market)
    invitation = Invitation.objects.get()
    theirs, siti = f"/toko/pegawai/undangan/{invitation.public_id}/", browser_of(market.siti)
    for step in ("kirim/", "tarik/"):
        assert siti.post(theirs + step, {"warung": str(market.other_warung.public_id)}).status_code == 404
    hasan, sent = browser_of(market.hasan), {"warung": str(market.warung.public_id)}
    assert hasan.post(theirs + "kirim/", sent).status_code == 200
    assert hasan.post(theirs + "tarik/", sent).status_code == 302
    invitation.refresh_from_db()
    assert invitation.withdrawn_by == market.hasan.actor


def test_an_owner_without_a_warung_is_told_what_to_do(market: Cast) -> None:
    nobody: User = person("Nining", Role.OWNER)
    answer = browser_of(nobody).get("/toko/")
    assert "warungs/toko/no_warung.html" in [template.name for template in answer.templates]
