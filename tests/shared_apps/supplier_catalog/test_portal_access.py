"""Who comes into the portal, and for whom they work there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import translation

from shared_apps.supplier_catalog.access import Supplier, supplier_of, supplier_only, words_for_navigation
from shared_apps.supplier_catalog.models import SupplierMember, SupplierOrganisation, SupplierRole, SupplierState
from shared_apps.supplier_catalog.todo import NextStep, next_steps, steps_of
from tenants.context import in_region
from tenants.identity.models import User
from tenants.models import Region
from tests.cast import browser_of
from tests.shared_apps.supplier_catalog.people import account, member, operator, platform_browser
from tests.shared_apps.supplier_catalog.wholesaler import verified

pytestmark = pytest.mark.usefixtures("platform")

PORTAL = "/pemasok/"


@pytest.fixture
def musi(platform: None) -> SupplierOrganisation:
    return verified("Sinar Musi", nib="1234567890123")


def asks(user: User, *, session: dict[str, str] | None = None, **form: str) -> HttpRequest:
    """A request as the door sees it."""
    request = RequestFactory().post("/", form) if form else RequestFactory().get("/")
    request.user, request.session = user, session or {}  # type: ignore[assignment]
    return request


def refuse(one: SupplierOrganisation) -> None:
    one.history.create(
        move="refuse", before="registered", after="refused", by="x", reason="NIB orang lain.", at=one.moved_at
    )
    SupplierOrganisation.objects.filter(pk=one.pk).update(state=SupplierState.REFUSED)


def test_a_visitor_is_asked_to_sign_in_and_a_stranger_finds_nothing(musi: SupplierOrganisation) -> None:
    answer = platform_browser().get(PORTAL)
    assert (answer.status_code, answer["Location"]) == (302, "/masuk/?next=/pemasok/")
    assert platform_browser(account("Toni")).get(PORTAL).status_code == 404
    assert platform_browser(operator()).get(PORTAL).status_code == 404


@pytest.mark.parametrize("role", SupplierRole)
def test_everybody_who_works_there_finds_the_first_page(musi: SupplierOrganisation, role: SupplierRole) -> None:
    answer = platform_browser(member(musi, "Nur", role)).get(PORTAL)
    assert answer.status_code == 200
    assert "Sinar Musi" in answer.content.decode()


def test_the_portal_is_not_on_the_sites_of_regions(musi: SupplierOrganisation, kalidoni: Region) -> None:
    halim = member(musi, "Halim")
    with in_region(kalidoni):
        # Somebody of the region whose row there has the same number.
        twin = User.objects.create_user(pk=halim.pk, password="x", email="halim@example.test")
        assert browser_of(twin).get(PORTAL).status_code == 404
        assert supplier_of(asks(twin)) is None


MAY: dict[SupplierRole, set[SupplierRole]] = {
    SupplierRole.ADMIN: set(SupplierRole),
    SupplierRole.CATALOGUE: {SupplierRole.CATALOGUE},
    SupplierRole.ORDERS: {SupplierRole.ORDERS},
}


@pytest.mark.parametrize("held", SupplierRole)
@pytest.mark.parametrize("wanted", SupplierRole)
def test_a_door_for_one_role(musi: SupplierOrganisation, held: SupplierRole, wanted: SupplierRole) -> None:
    door: Callable[[HttpRequest], bool] = supplier_only(wanted)(lambda request: None).audience.allows  # type: ignore[attr-defined]
    assert door(asks(member(musi, "Nur", held))) is (wanted in MAY[held])


def test_a_refused_suppliers_people_read_why_and_nothing_else(musi: SupplierOrganisation) -> None:
    halim = member(musi, "Halim")
    refuse(musi)
    answer = platform_browser(halim).get(PORTAL)
    assert (answer.status_code, "NIB orang lain." in answer.content.decode()) == (200, True)
    door: Any = supplier_only()(lambda request: None)
    assert door.audience.allows(asks(halim)) is False


def test_a_removed_member_finds_nothing_from_the_next_page_on(musi: SupplierOrganisation) -> None:
    browser = platform_browser(member(musi, "Nur", SupplierRole.ORDERS))
    assert browser.get(PORTAL).status_code == 200
    SupplierMember.objects.all().delete()
    assert browser.get(PORTAL).status_code == 404


def test_who_works_for_two_chooses_one(musi: SupplierOrganisation) -> None:
    other = verified("Rinjani Pangan", nib="9876543210987")
    halim = member(musi, "Halim")
    member(other, "Halim", SupplierRole.ORDERS)
    browser = platform_browser(halim)
    assert "<h1>Sinar Musi</h1>" in browser.get(PORTAL).content.decode()
    assert "Rinjani Pangan" in browser.get("/pemasok/pilih/").content.decode()
    answer = browser.post("/pemasok/pilih/", {"supplier": other.public_id})
    assert (answer.status_code, answer["Location"]) == (302, PORTAL)
    assert "<h1>Rinjani Pangan</h1>" in browser.get(PORTAL).content.decode()


@pytest.mark.parametrize("named", ["", "x", "6d9a514b-0491-41c6-889e-4f63a6404fb3"])
def test_nobody_chooses_what_is_not_theirs(musi: SupplierOrganisation, named: str) -> None:
    browser = platform_browser(member(musi, "Halim"))
    assert browser.post("/pemasok/pilih/", {"supplier": named}).status_code == 404
    assert "<h1>Sinar Musi</h1>" in browser.get(PORTAL).content.decode()


def test_a_form_of_another_tab_is_for_the_supplier_that_it_names(musi: SupplierOrganisation) -> None:
    other = verified("Rinjani Pangan", nib="9876543210987")
    halim = member(musi, "Halim")
    member(other, "Halim", SupplierRole.ORDERS)
    request = asks(halim, session={"supplier": str(musi.public_id)}, supplier=str(other.public_id))
    found = supplier_of(request)
    assert found is not None
    assert (found.organisation, found.role) == (other, SupplierRole.ORDERS)


def test_who_works_for_a_refused_one_too_begins_with_the_other(musi: SupplierOrganisation) -> None:
    other = verified("Rinjani Pangan", nib="9876543210987")
    halim = member(musi, "Halim")
    member(other, "Halim")
    refuse(musi)
    found = supplier_of(asks(halim))
    assert found is not None
    assert found.organisation == other


def test_navigation_follows_the_role(musi: SupplierOrganisation) -> None:
    assert words_for_navigation(asks(member(musi, "Oman", SupplierRole.ORDERS))) == {"supplier", "supplier:orders"}
    assert words_for_navigation(asks(member(musi, "Halim"))) == {
        "supplier",
        "supplier:admin",
        "supplier:catalogue",
        "supplier:orders",
    }
    assert words_for_navigation(asks(account("Toni"))) == set()
    assert "/pemasok/" not in platform_browser(User.objects.get(name="Toni")).get("/").content.decode().replace(
        "/pemasok/daftar/", ""
    )
    assert 'href="/pemasok/"' in platform_browser(User.objects.get(name="Oman")).get("/").content.decode()


def test_what_apps_register_waits_on_the_first_page(
    musi: SupplierOrganisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared_apps.supplier_catalog.todo._asked", [])

    @next_steps(order=2)
    def later(supplier: Supplier) -> list[NextStep]:
        return [NextStep("Kemudian", "", "/b/", "tag")]

    @next_steps(order=1)
    def first(supplier: Supplier) -> list[NextStep]:
        return [NextStep(f"Untuk {supplier.organisation}", "", "/a/", "inbox", count=3)]

    halim = member(musi, "Halim")
    found = supplier_of(asks(halim))
    assert found is not None
    assert [step.title for step in steps_of(found)] == ["Untuk Sinar Musi", "Kemudian"]
    with translation.override("id"):
        assert "Untuk Sinar Musi" in platform_browser(halim).get(PORTAL).content.decode()
