"""Who a key lets in: its person, in its region, within its scopes, while it is good."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

from tenant_apps.accounts.access import Member, Role
from tenant_apps.accounts.services.roles import revoke_role
from tenant_apps.api.endpoint import Endpoint
from tenant_apps.api.errors import BadScopes, TooManyKeys
from tenant_apps.api.models import ApiToken
from tenant_apps.api.scopes import Scope
from tenant_apps.api.tokens import MOST_KEYS, make_token
from tenants.context import in_region
from tenants.kernel import clock
from tenants.models import Region
from tests.cast import BY, Cast, browser_of
from tests.isolation.test_audiences import views_of
from tests.isolation.twins import copy_rows
from tests.tenant_apps.api.caller import Caller, caller_of, key_of


def refused(answer: Any, status: int, code: str) -> bool:
    return bool(
        answer.status_code == status
        and answer.headers["Content-Type"] == "application/problem+json"
        and answer.json()["code"] == code
    )


def test_a_key_opens_what_its_scopes_name(market: Cast) -> None:
    answer = caller_of(market.ratna, Scope.SHOP_READ).get("me/")
    assert (answer.status_code, answer.json()["name"]) == (200, "Ratna")
    body = {"name": "Ratna Sari", "language": "id"}
    assert refused(caller_of(market.ratna, Scope.SHOP_READ).put("me/", body), 403, "permission_denied")
    market.ratna.refresh_from_db()
    assert market.ratna.name == "Ratna"
    assert caller_of(market.ratna, Scope.SHOP_WRITE).put("me/", body).json()["name"] == "Ratna Sari"


def test_without_a_key_nothing_of_anybody_opens(market: Cast) -> None:
    answer = Caller().get("me/")
    assert refused(answer, 401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert Caller().get("products/").status_code == 200


@pytest.mark.parametrize(
    ("case", "change"),
    [
        ("revoked", {"revoked_at": clock.now()}),
        ("ended", {"expires_at": clock.now() - timedelta(seconds=1)}),
    ],
)
def test_a_key_that_is_no_longer_good(market: Cast, case: str, change: dict[str, object]) -> None:
    ratna = caller_of(market.ratna)
    assert ratna.get("me/").status_code == 200
    ApiToken.objects.update(**change)
    assert refused(ratna.get("me/"), 401, "authentication_failed"), case
    # Not even an open door takes a wrong key for none.
    assert refused(ratna.get("products/"), 401, "authentication_failed"), case


def test_the_key_of_somebody_whose_account_is_closed(market: Cast) -> None:
    ratna = caller_of(market.ratna)
    market.ratna.is_active = False
    market.ratna.save()
    assert refused(ratna.get("me/"), 401, "authentication_failed")


@pytest.mark.parametrize("text", ["x", "warsa_", "Basic abc", "warsa_000000000000_234679CD_" + "a" * 43, "\u00e9" * 30])
def test_texts_that_are_no_key(market: Cast, text: str) -> None:
    assert refused(Caller(text).get("me/"), 401, "authentication_failed")


def test_a_key_opens_no_other_region(kalidoni: Region, lombok: Region, market: Cast) -> None:
    """Not even where the very same row lies in the other region's schema."""
    text = key_of(market.ratna)
    copy_rows(kalidoni, lombok)
    with in_region(lombok):
        assert ApiToken.objects.count() == 1
    assert Caller(text).get("me/").status_code == 200
    answer = Caller(text, slug="lombok").get("me/")
    assert refused(answer, 401, "authentication_failed")
    assert "Ratna" not in answer.content.decode()


def test_the_counter_opens_for_its_people_alone(market: Cast) -> None:
    path = f"toko/{market.warung.public_id}/orders/"
    assert caller_of(market.hasan).get(path).status_code == 200
    assert caller_of(market.wati).get(path).status_code == 200
    assert refused(caller_of(market.siti).get(path), 404, "not_found")
    assert refused(caller_of(market.hasan, Scope.SHOP_READ).get(path), 403, "permission_denied")
    # A citizen gets no such key; and a session, which has every scope, gets no such door.
    with pytest.raises(BadScopes):
        make_token(member=Member(market.ratna), name="x", scopes=[Scope.TOKO_READ], days=30)
    assert browser_of(market.ratna).get(f"/api/v1/{path}").status_code == 404


def test_a_role_that_was_taken_away_closes_the_counter(market: Cast) -> None:
    wati = caller_of(market.wati)
    assert wati.get("toko/").status_code == 200
    revoke_role(user=market.wati, role=Role.STAFF, by=BY)
    assert refused(wati.get("toko/"), 404, "not_found")


def test_a_page_of_the_site_uses_its_session_with_the_csrf_token(market: Cast) -> None:
    browser = browser_of(market.ratna)
    assert browser.get("/api/v1/me/").json()["name"] == "Ratna"
    browser.handler.enforce_csrf_checks = True
    body = {"name": "Lain", "language": "id"}
    answer = browser.put("/api/v1/me/", body, content_type="application/json")
    assert refused(answer, 403, "permission_denied")
    market.ratna.refresh_from_db()
    assert market.ratna.name == "Ratna"
    browser.get("/akun/akses-api/")
    token = browser.cookies["csrf" if "csrf" in browser.cookies else "__Host-csrf"].value
    headers = {"x-csrftoken": token, "referer": "https://kalidoni.localhost/"}
    answer = browser.put("/api/v1/me/", body, content_type="application/json", headers=headers)
    assert answer.json()["name"] == "Lain"


def test_the_use_is_noted_once_a_minute(market: Cast) -> None:
    ratna = caller_of(market.ratna)
    ratna.get("me/")
    first = ApiToken.objects.get().last_used_at
    ratna.get("me/")
    assert first is not None
    assert ApiToken.objects.get().last_used_at == first
    ApiToken.objects.update(last_used_at=first - timedelta(minutes=2))
    ratna.get("me/")
    assert ApiToken.objects.get().last_used_at > first  # type: ignore[operator]


def test_the_page_shows_a_key_once(market: Cast) -> None:
    browser = browser_of(market.ratna)
    page = browser.post("/akun/akses-api/", {"name": "Kalkulator", "scopes": ["shop:read"], "days": "30"})
    text = page.context["made"].text
    assert text in page.content.decode()
    assert Caller(text).get("me/").status_code == 200
    again = browser.get("/akun/akses-api/")
    assert text not in again.content.decode()
    assert "Kalkulator" in again.content.decode()
    token = ApiToken.objects.get()
    assert text not in str(token.__dict__)
    assert browser_of(market.siti).post(f"/akun/akses-api/{token.public_id}/cabut/").status_code == 404
    assert Caller(text).get("me/").status_code == 200
    assert browser.post(f"/akun/akses-api/{token.public_id}/cabut/").status_code == 302
    assert Caller(text).get("me/").status_code == 401


def test_the_page_refuses_what_cannot_be(market: Cast) -> None:
    browser = browser_of(market.ratna)
    wrong = [
        {"name": "", "scopes": ["shop:read"], "days": "30"},
        {"name": "x", "days": "30"},
        {"name": "x", "scopes": ["toko:read"], "days": "30"},
        {"name": "x", "scopes": ["shop:read"], "days": "36500"},
        {"name": "\x00", "scopes": ["shop:read"], "days": "30"},
    ]
    for form in wrong:
        assert browser.post("/akun/akses-api/", form).status_code == 400, form
    assert not ApiToken.objects.exists()
    for number in range(MOST_KEYS):
        make_token(member=Member(market.ratna), name=str(number), scopes=[Scope.SHOP_READ], days=1)
    with pytest.raises(TooManyKeys):
        make_token(member=Member(market.ratna), name="one more", scopes=[Scope.SHOP_READ], days=1)


def test_every_method_declares_its_scope() -> None:
    """Default deny: what declares nothing is closed, and there is nothing of that kind."""
    found = 0
    for path, view in views_of(import_module("tenant_apps.api.urls").urlpatterns):
        endpoint = getattr(view, "cls", None)
        if endpoint is None:
            continue
        assert issubclass(endpoint, Endpoint), path
        for method in endpoint().allowed_methods:
            if method == "HEAD":
                continue
            assert endpoint().operation_of(method) is not None, (path, method)
            found += 1
    assert found > 40


def test_a_method_without_a_declaration_is_closed(market: Cast) -> None:
    from rest_framework.response import Response
    from rest_framework.test import APIRequestFactory

    class Forgotten(Endpoint):
        def get(self, request: object) -> Response:
            return Response({"open": True})

    request = APIRequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {key_of(market.hasan)}")
    assert Forgotten.as_view()(request).status_code == 403
    assert Forgotten.as_view()(APIRequestFactory().get("/")).status_code == 401
