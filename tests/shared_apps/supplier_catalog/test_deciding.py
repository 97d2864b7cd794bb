"""Operators verify, refuse, suspend and restore suppliers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from shared_apps.supplier_catalog import tasks
from shared_apps.supplier_catalog.errors import ReasonMissing, Unconfirmed
from shared_apps.supplier_catalog.models import SupplierOrganisation, SupplierRole, SupplierState
from shared_apps.supplier_catalog.services import deciding
from shared_apps.supplier_catalog.services.facts import Business
from tenants.kernel.errors import StaleDocument
from tenants.outbox.models import OutboxMessage
from tenants.registry import PUBLIC
from tenants.tasks import HEADER, SIGNATURE, ScopedTask, sign_scope
from tests.shared_apps.supplier_catalog.people import account, member, operator, platform_browser
from tests.shared_apps.supplier_catalog.test_registering import registered
from tests.world import admin

BY = "user:6d9a514b-0491-41c6-889e-4f63a6404fb3"
QUEUE = "/operator/pemasok/"


def confirmed(**facts: Any) -> SupplierOrganisation:
    one = registered(**facts)
    member(one, "Halim")
    return one


def mails(address: str = "halim@example.test") -> list[str]:
    """Subjects of what was mailed about decisions."""
    rows = OutboxMessage.objects.filter(payload__to=address).exclude(dedupe__startswith="supplier_catalog.invitation")
    return list(rows.order_by("pk").values_list("payload__subject", flat=True))


def has_role(one: SupplierOrganisation) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [one.db_role])
        return bool(cursor.fetchone()[0])


def run_task(task: ScopedTask, *args: Any) -> None:
    """As a worker runs it."""
    headers = {HEADER: PUBLIC, SIGNATURE: sign_scope("id-1", PUBLIC)}
    task.apply(args=args, task_id="id-1", headers=headers, throw=True)


@pytest.fixture
def no_roles_left(committed: None) -> Iterator[None]:
    """Roles belong to the whole server, so the sweep of a database leaves them. Those of other workers stay."""
    yield
    with admin() as cursor:
        cursor.execute("SELECT db_role FROM supplier_catalog_supplierorganisation")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP ROLE IF EXISTS "{name}"')


@pytest.mark.usefixtures("platform")
class TestDecisions:
    def test_verified_once_and_told_once(self) -> None:
        one = confirmed()
        deciding.verify(organisation=one, by=BY)
        deciding.verify(organisation=one, by=BY)
        one.refresh_from_db()
        assert (one.state, one.sells, one.history.count()) == (SupplierState.VERIFIED, True, 1)
        assert mails() == ["CV Sinar Musi sudah diverifikasi"]

    def test_nobody_is_verified_before_the_address_is_confirmed(self) -> None:
        one = registered()
        with pytest.raises(Unconfirmed):
            deciding.verify(organisation=one, by=BY)
        one.refresh_from_db()
        assert (one.state, mails()) == (SupplierState.REGISTERED, [])

    def test_refused_with_a_reason(self) -> None:
        one = confirmed()
        with pytest.raises(ReasonMissing):
            deciding.refuse(organisation=one, by=BY, reason=" \n ")
        assert one.history.count() == 0
        deciding.refuse(organisation=one, by=BY, reason="NIB milik orang lain.")
        letter = OutboxMessage.objects.latest("pk").payload["body"]
        assert "NIB milik orang lain." in letter
        with pytest.raises(StaleDocument):
            deciding.verify(organisation=one, by=BY)

    def test_suspended_and_restored_each_time_with_a_mail(self) -> None:
        one = confirmed()
        deciding.verify(organisation=one, by=BY)
        for _again in range(2):
            deciding.suspend(organisation=one, by=BY, reason="Barang rusak.")
            deciding.restore(organisation=one, by=BY)
        one.refresh_from_db()
        assert one.state == SupplierState.VERIFIED
        assert mails()[1:] == ["Penjualan CV Sinar Musi dihentikan sementara", "CV Sinar Musi boleh berjualan lagi"] * 2

    def test_every_administrator_is_told_in_their_language_and_nobody_else(self) -> None:
        one = confirmed()
        rini = member(one, "Rini")
        rini.language = "en"
        rini.save()
        member(one, "Nur", SupplierRole.ORDERS)
        deciding.verify(organisation=one, by=BY)
        assert mails("rini@example.test") == ["CV Sinar Musi is verified"]
        assert mails("nur@example.test") == []


@pytest.mark.usefixtures("no_roles_left", "committed", "platform")
class TestRoles:
    def test_verifying_makes_the_role_by_a_worker(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sent: list[tuple[Any, ...]] = []
        monkeypatch.setattr(tasks.make_role, "apply_async", lambda args, **_options: sent.append(args))
        one = confirmed()
        deciding.verify(organisation=one, by=BY)
        assert sent == [(one.pk,)]
        assert has_role(one) is False
        run_task(tasks.make_role, one.pk)
        assert has_role(one) is True
        run_task(tasks.make_role, one.pk)

    def test_a_lost_task_is_made_up_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sent: list[tuple[Any, ...]] = []
        monkeypatch.setattr(tasks.make_role, "apply_async", lambda args, **_options: sent.append(args))
        one = confirmed()
        run_task(tasks.make_missing_roles)
        assert sent == []
        SupplierOrganisation.objects.filter(pk=one.pk).update(state=SupplierState.SUSPENDED)
        run_task(tasks.make_missing_roles)
        assert sent == [(one.pk,)]
        run_task(tasks.make_role, one.pk)
        run_task(tasks.make_missing_roles)
        assert sent == [(one.pk,)]

    def test_nobody_gets_a_role_before_being_verified(self) -> None:
        one = confirmed()
        run_task(tasks.make_role, one.pk)
        assert has_role(one) is False


@pytest.mark.usefixtures("platform")
class TestPages:
    def test_an_operator_decides_on_the_page(self) -> None:
        one = confirmed()
        browser = platform_browser(operator())
        assert "CV Sinar Musi" in browser.get(QUEUE).content.decode()
        page = f"{QUEUE}{one.public_id}/"
        assert "1234567890123" in browser.get(page).content.decode()
        answer = browser.post(f"{page}tolak/", {"reason": " "})
        assert (answer.status_code, '<details class="confirm" open>' in answer.content.decode()) == (400, True)
        assert browser.post(f"{page}verifikasi/")["Location"] == page
        # It changed meanwhile: said, not broken.
        answer = browser.post(f"{page}tolak/", {"reason": "Terlambat"}, follow=True)
        assert "tidak bisa dilakukan lagi" in answer.content.decode() or "berubah" in answer.content.decode()
        assert browser.post(f"{page}tangguhkan/", {"reason": "Barang rusak."}).status_code == 302
        answer = browser.get(page)
        assert "Barang rusak." in answer.content.decode()
        assert "Sri" in answer.content.decode()
        assert BY not in answer.content.decode()
        assert browser.post(f"{page}pulihkan/").status_code == 302
        one.refresh_from_db()
        assert one.state == SupplierState.VERIFIED
        assert browser.post(f"{page}lain/").status_code == 404

    def test_found_by_state_and_text(self) -> None:
        unconfirmed = registered(nib="5555555555555")
        one = confirmed()
        browser = platform_browser(operator())

        def found(**query: str) -> set[str]:
            html = browser.get(QUEUE, query).content.decode()
            return {nib for nib in (one.nib, unconfirmed.nib) if nib in html}

        assert found() == {one.nib}
        assert found(state="unconfirmed") == {unconfirmed.nib}
        assert found(state="all") == {one.nib, unconfirmed.nib}
        assert found(state="verified") == set()
        assert found(state="all", q="555") == {unconfirmed.nib}
        assert found(state="all", q="sinar mus") == {one.nib, unconfirmed.nib}
        for odd in ("%", "\x00x", "x" * 4000):
            assert found(state="all", q=odd) == set() or odd == "\x00x"
        assert found(page="x", state="nonsense") == {one.nib, unconfirmed.nib}

    @pytest.mark.parametrize("who", ["visitor", "stranger", "supplier"])
    def test_the_queue_is_for_operators(self, who: str) -> None:
        one = confirmed()
        user = {"stranger": account("Toni"), "supplier": one.members.get().user}.get(who)
        browser = platform_browser(user)
        for method, path in [
            ("get", QUEUE),
            ("get", f"{QUEUE}{one.public_id}/"),
            ("post", f"{QUEUE}{one.public_id}/verifikasi/"),
        ]:
            answer = getattr(browser, method)(path)
            assert answer.status_code == (302 if who == "visitor" else 404)
        one.refresh_from_db()
        assert one.state == SupplierState.REGISTERED

    def test_the_queue_asks_as_often_for_many_as_for_few(self, django_assert_max_num_queries: Any) -> None:
        browser = platform_browser(operator())
        counts = []
        for number in range(3):
            for more in range(1 if number == 0 else 10):
                nib = f"{number:03}{more:010}"
                business = Business(f"Usaha {nib}", "Jalan 1", "16.71.10", "081200000101", f"{nib}@example.test")
                one = registered(nib=nib, source=nib, business=business)
                member(one, "Halim")
            with django_assert_max_num_queries(20) as seen:
                browser.get(QUEUE)
            counts.append(len(seen.captured_queries))
        assert len(set(counts)) == 1
