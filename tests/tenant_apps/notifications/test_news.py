"""People find under /kabar/ what happened, once, and only their own."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tenant_apps.notifications.models import Notice
from tenant_apps.notifications.services import notify
from tenant_apps.orders.services.filling import accept_order
from tenants.kernel import clock
from tenants.outbox.models import OutboxMessage
from tenants.outbox.services import deliver
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.orders.desk import place


def carried_out() -> None:
    for pk in OutboxMessage.objects.filter(kind="notice").values_list("pk", flat=True):
        deliver(pk)


def told(market: Cast, who: str = "ratna", number: int = 1, path: str = "/pesanan/") -> Notice:
    with transaction.atomic():
        notify(user=getattr(market, who), subject=f"Kabar {number}", body="Isi", path=path, dedupe=f"{who}.{number}")
    carried_out()
    return Notice.objects.get(dedupe=f"notice:{who}.{number}")


def test_an_event_is_told_once_however_often_it_is_carried_out(market: Cast) -> None:
    notice = told(market)
    with transaction.atomic():
        assert not notify(user=market.ratna, subject="Kabar lain", dedupe="ratna.1")
    OutboxMessage.objects.filter(kind="notice").update(state=OutboxMessage.State.WAITING)
    carried_out()
    assert list(Notice.objects.values_list("subject", "user")) == [(notice.subject, market.ratna.pk)]


def test_what_is_rolled_back_is_not_told(market: Cast) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        notify(user=market.ratna, subject="Kabar", dedupe="x")
        raise RuntimeError
    assert not OutboxMessage.objects.filter(kind="notice").exists()


def test_somebody_who_is_gone_is_told_nothing(market: Cast) -> None:
    with transaction.atomic():
        notify(user=market.budi, subject="Kabar", dedupe="x")
    OutboxMessage.objects.filter(kind="notice").update(
        payload={"user": 10**9, "subject": "", "body": "", "path": "", "at": ""}
    )
    carried_out()
    assert OutboxMessage.objects.get(kind="notice").state == OutboxMessage.State.DELIVERED
    assert not Notice.objects.exists()


def test_orders_tell_customer_and_owner(market: Cast) -> None:
    order = place(market)
    accept_order(order=order, by=BY)
    carried_out()
    customer = browser_of(market.ratna).get("/kabar/").content.decode()
    assert f"Warung Hasan menyiapkan pesanan Anda {order.number}." in customer
    assert order.number in browser_of(market.hasan).get("/kabar/").content.decode()
    assert order.number not in browser_of(market.siti).get("/kabar/").content.decode()


def test_reading_goes_where_the_notice_leads_and_takes_the_badge_away(market: Cast) -> None:
    notice = told(market)
    ratna = browser_of(market.ratna)
    assert '<span class="count">1</span>' in ratna.get("/kabar/lonceng/").content.decode()
    answer = ratna.post(f"/kabar/{notice.public_id}/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/pesanan/")
    first = Notice.objects.get().read_at
    ratna.post(f"/kabar/{notice.public_id}/")
    assert Notice.objects.get().read_at == first is not None
    assert "count" not in ratna.get("/kabar/lonceng/").content.decode()


def test_marking_all_leaves_what_came_in_since(market: Cast) -> None:
    told(market)
    shown = clock.now().isoformat()
    later = told(market, number=2)
    ratna = browser_of(market.ratna)
    ratna.post("/kabar/dibaca/", {"until": shown})
    assert list(Notice.objects.filter(read_at=None)) == [later]
    for strange in ("", "\x00", "2026-99-99", "abc", "9999-12-31T00:00:00+00:00"):
        assert ratna.post("/kabar/dibaca/", {"until": strange}).status_code == 302
    assert not Notice.objects.filter(read_at=None).exists()


def test_anothers_notice_is_not_there(market: Cast) -> None:
    notice = told(market)
    for stranger in (market.hasan, market.budi):
        assert browser_of(stranger).post(f"/kabar/{notice.public_id}/").status_code == 404
        browser_of(stranger).post("/kabar/dibaca/")
    assert browser_of(market.ratna).post(f"/kabar/{uuid4()}/").status_code == 404
    assert Notice.objects.get().read_at is None


@pytest.mark.parametrize("path", ["https://evil.test/", "//evil.test/", "/\\evil.test", "javascript:alert(1)"])
def test_no_notice_leads_off_the_site(market: Cast, path: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(user=market.ratna, subject="x", path=path, dedupe="x", created_at=clock.now())


def test_pages_page_and_cost_the_same_for_many(market: Cast) -> None:
    ratna = browser_of(market.ratna)
    told(market)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert ratna.get("/kabar/").status_code == 200
        return len(seen)

    few = queries()
    Notice.objects.bulk_create(
        Notice(user=market.ratna, subject=f"Kabar {n}", dedupe=f"n{n}", created_at=clock.now()) for n in range(150)
    )
    assert queries() == few
    assert '<span class="count">99</span>' in ratna.get("/kabar/?page=2").content.decode()
    assert ratna.get("/kabar/?page=abc").status_code == 200


def test_a_visitor_is_asked_to_sign_in_and_costs_no_question(market: Cast) -> None:
    assert browser_of(None).get("/kabar/").status_code == 302
    with CaptureQueriesContext(connection) as seen:
        browser_of(None).get("/")
    assert not [one for one in seen.captured_queries if "notifications_notice" in one["sql"]]
