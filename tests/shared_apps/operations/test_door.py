"""The console opens by password and second factor; each request of an operator leaves one row in the log."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib import import_module
from typing import Any

import pyotp
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from shared_apps.operations import people, second_factor
from shared_apps.operations.access import OperatorAudience
from shared_apps.operations.errors import CodeRefused, DoorLocked, LastOwner
from shared_apps.operations.models import AuthenticatorApp, OperatorGrant, OperatorRole, RecoveryCode
from tenants.audit.models import AuditEvent
from tenants.identity.models import User
from tenants.kernel import clock
from tests.isolation.test_audiences import views_of
from tests.shared_apps.operations.people import operator, operator_browser, show_second_factor

pytestmark = pytest.mark.usefixtures("platform")

HOST = {"host": "localhost"}
URLCONF = "warsa.urls_platform"


def operator_views() -> list[tuple[str, Any]]:
    found = [(path, view) for path, view in views_of(import_module(URLCONF).urlpatterns)]
    return [(path, view) for path, view in found if isinstance(getattr(view, "audience", None), OperatorAudience)]


def filled(path: str) -> str:
    path = re.sub(r"\(\?P<\w+>\[0-9a-f-\]\{36\}\)", "6d9a514b-0491-41c6-889e-4f63a6404fb3", path)
    path = re.sub(r"\(\?P<\w+>(\w+)[^)]*\)", r"\1", path).replace("^", "").replace("$", "")
    for kind, value in (("uuid", "6d9a514b-0491-41c6-889e-4f63a6404fb3"), ("int", "1"), ("slug", "x"), ("str", "x")):
        path = re.sub(rf"<{kind}:\w+>", value, path)
    return "/" + re.sub(r"<\w+>", "x", path)


def with_app(user: User) -> str:
    secret = second_factor.new_secret()
    grant = OperatorGrant.objects.get(user=user)
    AuthenticatorApp.objects.create(grant=grant, secret=secret)
    return secret


def signed_in(user: User) -> Client:
    client = Client(headers=HOST)
    client.defaults["wsgi.url_scheme"] = "https"
    client.force_login(user)
    return client


def test_a_password_alone_opens_no_page_of_operators() -> None:
    user = operator()
    with_app(user)
    client = signed_in(user)
    doors = {"operations:door", "operations:keys"}
    tried = 0
    for path, view in operator_views():
        if view.audience.name == "operators at the door":
            continue
        for method in ("get", "post"):
            answer = getattr(client, method)(filled(path))
            assert answer.status_code == 302, path
            assert answer["Location"].startswith("/operator/masuk/?next="), path
            tried += 1
    assert tried > 20
    assert doors


def test_every_page_of_operators_leaves_one_row() -> None:
    client = operator_browser()
    for path, _view in operator_views():
        if path.endswith("/keluarkan/"):
            continue
        for method in ("get", "post"):
            before = AuditEvent.objects.filter(action="operator.asked").count()
            url = filled(path)
            getattr(client, method)(url)
            rows = AuditEvent.objects.filter(action="operator.asked")
            assert rows.count() == before + 1, f"{method} {url}"
            newest = rows.first()
            assert newest is not None
            assert (newest.target, newest.details["method"]) == (url[:160], method.upper())


def test_a_reader_changes_nothing() -> None:
    client = operator_browser(operator(role=OperatorRole.READER))
    assert client.get("/operator/").status_code == 200
    for path, view in operator_views():
        if view.audience.name.startswith("operators at the door") or "operator writes" not in view.audience.name:
            continue
        assert client.post(filled(path)).status_code == 404, path
    assert client.get("/operator/orang/").status_code == 404


def test_the_first_key_is_added_with_the_password_and_the_next_with_the_first() -> None:
    user = operator()
    client = signed_in(user)
    answer = client.get("/operator/", follow=True)
    assert answer.redirect_chain[-1][0] == "/operator/kunci/"
    secret = re.search(r"<code>([A-Z2-7 ]{32,})</code>", answer.content.decode())
    assert secret is not None
    totp = pyotp.TOTP(secret[1].replace(" ", ""))
    assert client.post("/operator/kunci/aplikasi/", {"code": "000000"}).status_code == 400
    page = client.post("/operator/kunci/aplikasi/", {"code": totp.now()}, follow=True).content.decode()
    codes = re.findall(r"<li><code>([0-9A-F]{5}-[0-9A-F]{5})</code></li>", page)
    assert len(codes) == 10
    assert client.get("/operator/").status_code == 200
    # They are shown once.
    assert codes[0] not in client.get("/operator/kunci/").content.decode()
    # Elsewhere, with the password alone: nothing can be added, and a paper code opens once.
    other = signed_in(user)
    assert other.post("/operator/kunci/aplikasi/", {"code": totp.now()})["Location"].startswith("/operator/masuk/")
    assert other.post("/operator/masuk/", {"code": codes[0].lower()})["Location"] == "/operator/"
    assert signed_in(user).post("/operator/masuk/", {"code": codes[0]}).status_code == 400


def test_a_code_is_taken_once_and_five_wrong_ones_lock_the_door() -> None:
    user = operator()
    secret = with_app(user)
    grant = OperatorGrant.objects.get(user=user)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        code = pyotp.TOTP(secret).at(clock.now())
        second_factor.show_code(grant=grant, code=f"{code[:3]} {code[3:]}")
        with pytest.raises(CodeRefused):
            second_factor.show_code(grant=grant, code=code)
        for _one in range(4):
            with pytest.raises(CodeRefused):
                second_factor.show_code(grant=grant, code="123")
        traveller.shift(timedelta(seconds=60))
        with pytest.raises(DoorLocked):
            second_factor.show_code(grant=grant, code=pyotp.TOTP(secret).at(clock.now()))
        traveller.shift(timedelta(minutes=10))
        second_factor.show_code(grant=grant, code=pyotp.TOTP(secret).at(clock.now()))
    assert AuditEvent.objects.filter(action="operator.locked").count() == 1


def test_the_second_factor_is_asked_again_after_twelve_hours() -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        client = operator_browser()
        assert client.get("/operator/").status_code == 200
        traveller.shift(timedelta(hours=12, seconds=1))
        assert client.get("/operator/")["Location"].startswith("/operator/masuk/")


def test_the_door_leads_only_into_this_site() -> None:
    user = operator()
    secret = with_app(user)
    client = signed_in(user)
    answer = client.post("/operator/masuk/", {"code": pyotp.TOTP(secret).now(), "next": "https://jahat.test/operator/"})
    assert answer["Location"] == reverse("operations:console", URLCONF)


def test_somebody_is_let_in_and_the_last_owner_stays() -> None:
    owner = operator()
    client = operator_browser(owner)
    answer = client.post("/operator/orang/", {"name": "Nur", "email": "Nur@Example.test", "role": "support"})
    assert answer.status_code == 302
    nur = OperatorGrant.objects.get(user__email="nur@example.test")
    assert nur.role == "support"
    own = OperatorGrant.objects.get(user=owner)
    assert client.post(f"/operator/orang/{own.pk}/peran/", {"role": "reader"}).status_code == 409
    with pytest.raises(LastOwner):
        people.put_out(grant=own, reason="x", by="system:test")
    people.set_role(grant=nur, role=OperatorRole.OWNER, by="system:test")
    people.put_out(grant=own, reason="pindah tugas", by="system:test")
    assert client.get("/operator/").status_code == 404


def test_who_lost_the_phone_starts_anew_and_every_session_ends() -> None:
    user = operator("Nur", "nur@example.test", OperatorRole.OPERATOR)
    with_app(user)
    client = show_second_factor(signed_in(user))
    assert client.get("/operator/").status_code == 200
    people.forget_factors(grant=OperatorGrant.objects.get(user=user), reason="hilang", by="system:test")
    assert client.get("/operator/")["Location"].startswith("/masuk/")
    assert not second_factor.has_any(OperatorGrant.objects.get(user=user))


def test_a_password_alone_takes_no_codes_home_and_the_first_key_makes_new_ones() -> None:
    user = operator()
    client = signed_in(user)
    assert client.post("/operator/kunci/cadangan/")["Location"].startswith("/operator/masuk/")
    grant = OperatorGrant.objects.get(user=user)
    assert not grant.recovery_codes.exists()


def test_a_paper_code_of_digits_alone_opens_the_door() -> None:
    user = operator()
    with_app(user)
    grant = OperatorGrant.objects.get(user=user)
    RecoveryCode.objects.create(grant=grant, digest=second_factor._digest(grant, "1234567890"))
    second_factor.show_code(grant=grant, code="12345-67890")


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "kemarin"])
def test_a_day_that_is_none_finds_nothing_and_breaks_nothing(day: str) -> None:
    client = operator_browser()
    for path in ("/operator/catatan/", "/operator/catatan/csv/"):
        assert client.get(path, {"until": day}).status_code == 200


def test_who_is_sent_away_leaves_a_row_too() -> None:
    client = operator_browser(operator(role=OperatorRole.READER))
    assert client.post("/operator/armada/diparkir/6d9a514b-0491-41c6-889e-4f63a6404fb3/coba/").status_code == 404
    assert AuditEvent.objects.filter(action="operator.was_refused").count() == 1
