"""An operator comes into a region by its leave only: thirty actions in each state of the access."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import ProgrammingError, transaction
from django.test import Client

from shared_apps.operations import people
from shared_apps.operations.models import OperatorGrant, OperatorRole
from shared_apps.support import services
from shared_apps.support.errors import AskedAlready, NeedsAnother, NeedsReason, TicketRefused
from shared_apps.support.models import SupportAccess
from shared_apps.support.selectors import access_of
from tenant_apps.accounts.models import Role
from tenants.audit.models import AuditEvent
from tenants.context import in_region, on_platform
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.cast import Cast, browser_of, build_cast
from tests.isolation.addresses import Ids, add_market_documents, ids_of, urls
from tests.shared_apps.operations.people import operator, operator_browser

REASON = "Stok Warung Hasan tidak cocok dengan buku"

# What support may: look at what admins and the Satker see, and mend settings.
LOOKS = [
    "wilayah/",
    "wilayah/orang/",
    "wilayah/catatan/",
    "wilayah/warung/",
    "wilayah/katalog/",
    "wilayah/layanan/",
    "wilayah/dukungan/",
    "satker/",
    "satker/buku/",
    "",
]
MENDS = ["wilayah/layanan/", "wilayah/satker/", "wilayah/teks/"]
# Money, stock, roles, keys, people's own pages, another's identity, and the access itself: never.
NEVER = [
    ("post", "wilayah/orang/<uuid:public_id>/beri/"),
    ("post", "wilayah/orang/<uuid:public_id>/cabut/"),
    ("post", "wilayah/orang/<uuid:public_id>/tutup/"),
    ("post", "wilayah/orang/undang/"),
    ("post", "wilayah/dukungan/<uuid:public_id>/terima/"),
    ("post", "wilayah/dukungan/<uuid:public_id>/cabut/"),
    ("post", "wilayah/domain/tambah/"),
    ("post", "keranjang/bayar/"),
    ("post", "keranjang/<slug:slug>/"),
    ("post", "akun/sandi/"),
    ("get", "akun/"),
    ("get", "akun/data/"),
    ("get", "akun/saldo/"),
    ("get", "akun/akses-api/"),
    ("post", "akun/akses-api/"),
    ("post", "akun/kunci-sandi/mulai/"),
    ("get", "api/v1/orders/"),
]
STATES = ("not asked", "asked", "accepted", "revoked", "expired")


def the_paths() -> list[str]:
    from importlib import import_module

    from tests.isolation.test_audiences import views_of

    return [path for path, _view in views_of(import_module("warsa.urls_region").urlpatterns)]


def money_moves() -> list[tuple[str, str]]:
    """Every address of the Satker at which money or goods move."""
    words = ("bayar", "setor", "tarik", "kirim", "terima", "jual", "cair", "pindah", "tagihan", "koreksi")
    paths = [path for path in the_paths() if path.startswith("satker/") and any(word in path for word in words)]
    return [("post", path) for path in sorted(set(paths))[:12]]


class House:
    """Kalidoni with its people, and an operator with a browser."""

    def __init__(self, region: Region) -> None:
        self.region = region
        with in_region(region):
            self.cast: Cast = build_cast()
            add_market_documents(self.cast)
            self.ids: Ids = ids_of(self.cast)
            self.admin = User.objects.filter(role_grants__role=Role.ADMIN).first()
            assert self.admin is not None
        with on_platform():
            self.operator = operator("Sri Wahyuni", role=OperatorRole.SUPPORT)
        self.browser = Client(headers={"host": "kalidoni.localhost"})
        self.browser.defaults["wsgi.url_scheme"] = "https"

    def ask(self, **more: Any) -> SupportAccess:
        with on_platform():
            return services.ask(region=self.region, operator=self.operator, reason=REASON, hours=2, **more)

    def accept(self, access: SupportAccess) -> None:
        with in_region(self.region):
            assert self.admin is not None
            services.accept(access=access, by=self.admin.actor)

    def enter(self, access: SupportAccess) -> Any:
        with on_platform():
            fresh = access_of(access.public_id)
            assert fresh is not None
            token = services.ticket(access=fresh)
        return self.browser.get(f"/dukungan/masuk/{token}/")

    def bring_to(self, state: str) -> None:
        """The browser stands where an operator would in this state."""
        if state == "not asked":
            self.browser.get("/dukungan/masuk/tidak-ada/")
            return
        access = self.ask()
        if state == "asked":
            with on_platform(), pytest.raises(TicketRefused):
                services.ticket(access=access)
            return
        self.accept(access)
        assert self.enter(access).status_code == 302
        if state == "revoked":
            assert self.browser.get("/wilayah/").status_code == 200
            with in_region(self.region):
                services.revoke(access=access, by="user:admin")

    def log(self, **wanted: Any) -> list[AuditEvent]:
        with in_region(self.region):
            return list(AuditEvent.objects.filter(**wanted))

    def do(self, method: str, path: str) -> Any:
        url = urls(path, self.ids)[0]
        before = transaction.savepoint()
        answer: Any = getattr(self.browser, method)(url)
        transaction.savepoint_rollback(before)
        transaction.set_rollback(False)
        return answer


@pytest.fixture
def house(kalidoni: Region) -> House:
    return House(kalidoni)


@pytest.fixture
def moment() -> Iterator[Any]:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


def test_the_table_is_of_at_least_thirty_actions() -> None:
    assert len(LOOKS) + len(MENDS) + len(NEVER) + len(money_moves()) >= 30
    known = set(the_paths())
    assert [path for path in [*LOOKS, *MENDS, *(path for _how, path in NEVER)] if path not in known] == []


@pytest.mark.parametrize("state", STATES)
def test_what_support_may_in_each_state(house: House, moment: Any, state: str) -> None:
    house.bring_to(state)
    if state == "expired":
        assert house.browser.get("/wilayah/").status_code == 200
        moment.shift(timedelta(hours=2))
    inside = state == "accepted"
    cookies = house.browser.cookies.output(header="")
    for method, path in [("get", path) for path in LOOKS]:
        house.browser.cookies.load(cookies)
        answer = house.do(method, path)
        if inside:
            assert answer.status_code == 200, path
            assert "Sri Wahyuni" in answer.content.decode(), path
        elif path == "":
            assert answer.status_code in (200, 302)
            assert "Sri Wahyuni" not in answer.content.decode()
        else:
            assert answer.status_code in (302, 404), path
    for method, path in [("post", path) for path in MENDS]:
        house.browser.cookies.load(cookies)
        assert house.do(method, path).status_code in ((200, 302, 400, 409) if inside else (302, 404)), path
    for method, path in [*NEVER, *money_moves()]:
        house.browser.cookies.load(cookies)
        answer = house.do(method, path)
        assert answer.status_code in ((403, 404) if inside else (302, 401, 403, 404, 405)), (path, answer.status_code)
        if inside:
            assert answer.status_code == 403, path


def test_every_request_stands_in_the_log_that_the_region_reads(house: House) -> None:
    access = house.ask()
    house.accept(access)
    house.enter(access)
    for number, path in enumerate(["/wilayah/", "/satker/", "/akun/"], start=1):
        house.browser.get(path)
        rows = house.log(actor=access.actor, action__in=["support.asked_page", "support.was_refused"])
        # One was the way in itself.
        assert len(rows) == number, [row.target for row in rows]
        assert rows[0].target == path
    with in_region(house.region):
        admin = browser_of(house.admin)
    page = admin.get(f"/wilayah/dukungan/{access.public_id}/", secure=True).content.decode()
    assert "/satker/" in page
    assert "Sri Wahyuni" in page
    # The region's own log names them too.
    seen = admin.get("/wilayah/catatan/?q=support.asked_page", secure=True).context
    assert set(seen["names"].values()) == {"Sri Wahyuni"}
    # And it is told on each page of the admin's work while somebody may look.
    assert "Sri Wahyuni" in admin.get("/wilayah/", secure=True).content.decode()


def test_a_revoked_access_ends_in_the_middle_of_a_session(house: House) -> None:
    access = house.ask()
    house.accept(access)
    house.enter(access)
    assert house.browser.get("/wilayah/").status_code == 200
    with in_region(house.region):
        admin = browser_of(house.admin)
    assert admin.post(f"/wilayah/dukungan/{access.public_id}/cabut/", secure=True).status_code == 302
    answer = house.browser.get("/wilayah/")
    assert (answer.status_code, answer["Location"]) == (302, "/dukungan/selesai/")
    assert house.browser.get("/wilayah/")["Location"].startswith("/masuk/")
    with on_platform(), pytest.raises(TicketRefused):
        services.ticket(access=SupportAccess.objects.get(pk=access.pk))


def test_a_ticket_is_good_once_for_a_minute_and_in_its_region(house: House, lombok: Region, moment: Any) -> None:
    access = house.ask()
    house.accept(access)
    with on_platform():
        fresh = SupportAccess.objects.get(pk=access.pk)
        token = services.ticket(access=fresh)
    elsewhere = Client(headers={"host": "lombok.localhost"})
    assert elsewhere.get(f"/dukungan/masuk/{token}/", secure=True).status_code == 403
    assert house.browser.get(f"/dukungan/masuk/{token}/").status_code == 302
    assert (
        Client(headers={"host": "kalidoni.localhost"}).get(f"/dukungan/masuk/{token}/", secure=True).status_code == 403
    )
    with on_platform():
        late = services.ticket(access=fresh)
    moment.shift(timedelta(seconds=61))
    assert house.browser.get(f"/dukungan/masuk/{late}/").status_code in (302, 403)
    assert (
        Client(headers={"host": "kalidoni.localhost"}).get(f"/dukungan/masuk/{late}/", secure=True).status_code == 403
    )


def test_asking_needs_a_reason_and_is_done_once(house: House) -> None:
    with on_platform(), pytest.raises(NeedsReason):
        services.ask(region=house.region, operator=house.operator, reason="  a  ", hours=2)
    access = house.ask()
    with pytest.raises(AskedAlready):
        house.ask()
    with on_platform():
        assert OutboxMessage.objects.filter(kind="mail", dedupe__contains=f"support.asked:{access.public_id}").exists()
    assert [row.action for row in house.log(action="support.asked")] == ["support.asked"]


def test_it_never_lasts_longer_than_a_day(house: House) -> None:
    with on_platform():
        access = services.ask(region=house.region, operator=house.operator, reason=REASON, hours=1_000)
    assert access.hours == 24


def test_glass_is_broken_by_two(house: House) -> None:
    access = house.ask(kind=SupportAccess.Kind.BREAK_GLASS)
    with in_region(house.region), pytest.raises(NeedsAnother):
        services.accept(access=access, by="user:admin")
    with on_platform():
        with pytest.raises(NeedsAnother):
            services.confirm_broken(access=access, second=house.operator)
        second = operator("Budi", "budi-pusat@example.test", OperatorRole.OPERATOR)
        services.confirm_broken(access=access, second=second)
        mails = OutboxMessage.objects.filter(kind="mail", dedupe__contains=f"support.broken:{access.public_id}")
        assert mails.exists()
    assert house.enter(access).status_code == 302
    assert house.browser.get("/wilayah/").status_code == 200
    # The region ends it as any other.
    with in_region(house.region):
        services.revoke(access=access, by="user:admin")
    assert house.browser.get("/wilayah/")["Location"] == "/dukungan/selesai/"


def test_what_is_over_is_closed_and_nothing_opens_it_again(house: House, moment: Any) -> None:
    access = house.ask()
    house.accept(access)
    moment.shift(timedelta(hours=2, seconds=1))
    with on_platform():
        assert services.expire_due() == 1
        assert services.expire_due() == 0
        assert SupportAccess.objects.get(pk=access.pk).state == "expired"
    with in_region(house.region), pytest.raises(StaleDocument):
        services.accept(access=access, by="user:admin")


def test_a_region_cannot_write_itself_another_access(house: House, lombok: Region) -> None:
    access = house.ask()
    with in_region(lombok):
        assert access_of(access.public_id) is None
    with in_region(house.region), pytest.raises(ProgrammingError), transaction.atomic():
        SupportAccess.objects.filter(pk=access.pk).update(hours=24)


def test_operators_ask_and_come_in_by_the_console(house: House) -> None:
    with on_platform():
        console = operator_browser(house.operator)
    answer = console.post(
        "/operator/dukungan/", {"region": "kalidoni.localhost", "reason": REASON, "hours": 3, "kind": "asked"}
    )
    assert answer.status_code == 302
    with on_platform():
        access = SupportAccess.objects.get(operator=house.operator)
    assert console.post(f"/operator/dukungan/{access.public_id}/masuk/").status_code == 403
    house.accept(access)
    answer = console.post(f"/operator/dukungan/{access.public_id}/masuk/")
    # A form may not end on another site (form-action of our policy), so a page leads there.
    assert answer.status_code == 200 and answer["Refresh"].startswith("0; url=http")
    path = "/" + answer["Refresh"].split("/", 3)[3]
    assert house.browser.get(path)["Location"] == "/wilayah/"
    # Somebody else's access is nobody's way in.
    with on_platform():
        other = operator_browser(operator("Budi", "budi-pusat@example.test", OperatorRole.OWNER))
    assert other.post(f"/operator/dukungan/{access.public_id}/masuk/").status_code == 404
    assert (
        console.post(
            "/operator/dukungan/", {"region": "tidak-ada", "reason": REASON, "hours": 3, "kind": "asked"}
        ).status_code
        == 400
    )


@pytest.mark.parametrize("deed", ["put out", "reader", "lost"])
def test_who_operates_no_more_is_in_no_region_from_then_on(house: House, deed: str) -> None:
    access = house.ask()
    house.accept(access)
    house.enter(access)
    assert house.browser.get("/wilayah/").status_code == 200
    with on_platform():
        operator("Pemilik", "pemilik-pusat@example.test", OperatorRole.OWNER)
        grant = OperatorGrant.objects.get(user=house.operator)
        if deed == "put out":
            people.put_out(grant=grant, reason="pindah tugas", by="system:test")
        elif deed == "reader":
            people.set_role(grant=grant, role=OperatorRole.READER, by="system:test")
        else:
            people.forget_factors(grant=grant, reason="ponsel hilang", by="system:test")
    assert house.browser.get("/wilayah/")["Location"] == "/dukungan/selesai/"
