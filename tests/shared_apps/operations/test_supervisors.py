"""Supervisors: invited by a link that works once, they read their area and what lies inside of it, and nothing beside it.

Dewi supervises Palembang for the city; the stranger is Made, who supervises Lombok's province.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from shared_apps.operations.models import (
    DistrictFigures,
    OperatorRole,
    SupervisorGrant,
    SupervisorInvitation,
)
from shared_apps.operations.supervising import invite_supervisor
from shared_apps.operations.supervision import holds
from tenants.audit.models import AuditEvent
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.shared_apps.operations.people import operator, operator_browser

pytestmark = pytest.mark.usefixtures("platform")

BY = "operator:6d9a514b-0491-41c6-889e-4f63a6404fb3"


def browser(user: User | None = None) -> Client:
    client = Client(headers={"host": "localhost"})
    client.defaults["wsgi.url_scheme"] = "https"
    if user is not None:
        client.force_login(user)
    return client


def supervisor(name: str, *codes: str) -> Client:
    user = User.objects.create_user(password="x", email=f"{name.lower()}@example.test", name=name)
    for code in codes:
        SupervisorGrant.objects.create(user=user, area_code=code, granted_by=BY)
    return browser(user)


@pytest.fixture
def figures(kalidoni: Region, lombok: Region) -> None:
    DistrictFigures.objects.create(region=kalidoni, code="16.71.10", warungs=11, orders_30d=8, gmv_30d=100_000)
    # One region over two cities: each supervisor sees the part that is theirs.
    DistrictFigures.objects.create(region=lombok, code="52.71.01", warungs=31, orders_30d=1, gmv_30d=1_000)
    DistrictFigures.objects.create(region=lombok, code="16.71.11", warungs=5, orders_30d=2, gmv_30d=2_000)


def mailed_token(address: str) -> str:
    mail = OutboxMessage.objects.filter(payload__to=address).latest("pk")
    found = re.search(r"/pembina/undangan/([^/\s]+)/", mail.payload["body"])
    assert found
    return found[1]


def test_a_supervisor_sees_their_area_and_what_lies_inside(figures: None) -> None:
    dewi = supervisor("Dewi", "16.71")
    assert dewi.get("/pembina/").headers["Location"] == "/pembina/wilayah/16.71/"
    page = dewi.get("/pembina/wilayah/16.71/").content.decode()
    assert "<strong>16</strong>" in page and "Rp\u00a0102.000" in page
    # Lombok's own numbers are not Palembang's business.
    assert "31" not in re.sub(r"<[^>]*>", " ", page).split()
    for path in ("16.71.10/", "16.71.11/", "16.71/csv/", "16.71/?measure=gmv&days=365&page=9"):
        assert dewi.get(f"/pembina/wilayah/{path}").status_code == 200, path
    assert "/operator/" not in dewi.get("/pembina/wilayah/16.71.10/").content.decode().replace('/operator/">Untuk', "")


@pytest.mark.parametrize(
    "code",
    ["16", "52", "52.71", "16.72", "16.7", "16.71.10.1002", "16.71.99", "16.711", "16.71.", "", "x", "16.71%00", "16.71.%00",
     "16.71.10%2F..%2F..%2F52", "16.71/../52", "%31%36", "16_71", "16.71%25"],
)  # fmt: skip
def test_nothing_beside_or_above_it_opens(figures: None, code: str) -> None:
    dewi = supervisor("Dewi", "16.71")
    for path in (f"/pembina/wilayah/{code}/", f"/pembina/wilayah/{code}/csv/"):
        assert dewi.get(path).status_code == 404, path


def test_every_area_of_the_country_outside_is_closed(figures: None) -> None:
    from shared_apps.regions.models import Area, Level

    dewi = supervisor("Dewi", "16.71")
    others = Area.objects.exclude(code__startswith="16.71").filter(level__in=[Level.PROVINCE, Level.REGENCY])
    for code in others.order_by("?").values_list("code", flat=True)[:60]:
        assert dewi.get(f"/pembina/wilayah/{code}/").status_code == 404, code


def test_a_supervisor_writes_nothing_and_is_no_operator(figures: None) -> None:
    dewi = supervisor("Dewi", "16.71")
    for path in ("/pembina/", "/pembina/wilayah/16.71/", "/pembina/wilayah/16.71/csv/"):
        assert dewi.post(path).status_code == 405, path
    for path in ("/operator/", "/operator/peta/", "/operator/peta/16.71/", "/operator/sasaran/", "/operator/pembina/"):
        assert dewi.get(path).status_code == 404, path


@pytest.mark.parametrize("who", ["stranger", "made", "visitor"])
def test_nobody_else_gets_in(figures: None, who: str) -> None:
    if who == "visitor":
        assert browser().get("/pembina/wilayah/16.71/").status_code == 302
        return
    client = supervisor("Made", "52") if who == "made" else supervisor("Orang")
    assert client.get("/pembina/wilayah/16.71/").status_code == 404
    assert client.get("/pembina/").status_code == (404 if who == "stranger" else 302)


def test_two_areas_are_two_choices(figures: None) -> None:
    dewi = supervisor("Dewi", "16.71", "52.71")
    page = dewi.get("/pembina/").content.decode()
    assert "/pembina/wilayah/16.71/" in page and "/pembina/wilayah/52.71/" in page
    assert dewi.get("/pembina/wilayah/52.71/").status_code == 200
    assert dewi.get("/pembina/wilayah/52/").status_code == 404


@pytest.mark.parametrize(
    ("codes", "code", "held"),
    [
        (("16",), "16", True),
        (("16",), "16.71.10", True),
        (("16.71",), "16.71", True),
        (("16.71",), "16", False),
        (("16.7",), "16.71", False),
        ((), "16", False),
        (("16",), "", False),
    ],
)
def test_an_area_holds_what_lies_inside(codes: tuple[str, ...], code: str, held: bool) -> None:
    assert holds(codes, code) is held


def test_an_operator_invites_and_the_link_works_once(figures: None) -> None:
    pusat = operator_browser(operator("Pusat", "pusat@example.test", OperatorRole.OPERATOR))
    asked = {"areas": "16.71", "name": "Dewi Lestari", "email": "Dewi@Example.test"}
    assert pusat.post("/operator/pembina/undang/", asked).status_code == 302
    token = mailed_token("dewi@example.test")
    newcomer = browser()
    assert "Palembang" in newcomer.get(f"/pembina/undangan/{token}/").content.decode()
    answer = newcomer.post(
        f"/pembina/undangan/{token}/gabung/", {"name": "Dewi Lestari", "password": "kata-sandi-panjang-7"}
    )
    assert answer.status_code == 302
    assert newcomer.get("/pembina/wilayah/16.71/").status_code == 200
    grant = SupervisorGrant.objects.get()
    assert (grant.area_code, grant.user.email) == ("16.71", "dewi@example.test")
    # Somebody else finds the mail.
    other = supervisor("Lain")
    assert other.get(f"/pembina/undangan/{token}/").status_code == 410
    assert other.post(f"/pembina/undangan/{token}/terima/").status_code == 410
    assert SupervisorGrant.objects.count() == 1
    # And the operator ends it.
    assert "Dewi Lestari" in pusat.get("/operator/pembina/").content.decode()
    assert pusat.post(f"/operator/pembina/{grant.public_id}/akhiri/").status_code == 302
    assert newcomer.get("/pembina/wilayah/16.71/").status_code == 404
    deeds = AuditEvent.objects.exclude(action="operator.asked").order_by("pk").values_list("action", flat=True)
    assert list(deeds) == ["supervisor.invited", "supervisor.joined", "supervisor.ended"]


def test_whoever_has_an_account_accepts_by_a_tap(figures: None) -> None:
    dewi = supervisor("Dewi")
    invite_supervisor(email="dewi@example.test", name="Dewi", area_code="16.71.10", by=BY)
    token = mailed_token("dewi@example.test")
    for _ in range(2):
        assert dewi.post(f"/pembina/undangan/{token}/terima/").status_code == 302
    assert SupervisorGrant.objects.count() == 1
    assert dewi.get("/pembina/wilayah/16.71.10/").status_code == 200
    assert browser().post(f"/pembina/undangan/{token}/terima/").status_code == 302


def test_a_newer_invitation_a_withdrawal_and_time_end_a_link(figures: None, monkeypatch: pytest.MonkeyPatch) -> None:
    pusat = operator_browser(operator("Pusat", "pusat@example.test", OperatorRole.OPERATOR))
    tokens = []
    for _ in range(2):
        invite_supervisor(email="dewi@example.test", name="Dewi", area_code="16.71", by=BY)
        tokens.append(mailed_token("dewi@example.test"))
    newcomer = browser()
    assert [newcomer.get(f"/pembina/undangan/{token}/").status_code for token in tokens] == [404, 200]
    later = clock.now() + timedelta(days=15)
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: later)
        assert newcomer.get(f"/pembina/undangan/{tokens[1]}/").status_code == 410
    row = SupervisorInvitation.objects.get()
    assert pusat.post(f"/operator/pembina/undangan/{row.public_id}/tarik/").status_code == 302
    assert newcomer.get(f"/pembina/undangan/{tokens[1]}/").status_code == 410
    joined = newcomer.post(f"/pembina/undangan/{tokens[1]}/gabung/", {"name": "D", "password": "kata-sandi-panjang-7"})
    assert (joined.status_code, SupervisorGrant.objects.count()) == (410, 0)


@pytest.mark.parametrize(
    ("case", "changes"),
    [("no area", {"areas": ""}), ("a village", {"areas": "16.71.10.1002"}), ("no address", {"email": "dewi"})],
)
def test_an_invitation_that_makes_no_sense_is_refused(case: str, changes: dict[str, str]) -> None:
    pusat = operator_browser(operator("Pusat", "pusat@example.test", OperatorRole.OPERATOR))
    asked = {"areas": "16.71", "name": "Dewi", "email": "dewi@example.test", **changes}
    assert pusat.post("/operator/pembina/undang/", asked).status_code == 400, case
    assert not SupervisorInvitation.objects.exists()


def test_nobody_gets_more_than_five_links_an_hour() -> None:
    pusat = operator_browser(operator("Pusat", "pusat@example.test", OperatorRole.OPERATOR))
    asked = {"areas": "16.71", "name": "Dewi", "email": "dewi@example.test"}
    answers = [pusat.post("/operator/pembina/undang/", asked).status_code for _ in range(6)]
    assert answers == [302] * 5 + [400]
