"""A small trade in one region: it passes again and again, tells what broke, and is told of when it stops."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.test import Client

from shared_apps.canary.locks import RUNNING
from shared_apps.canary.models import CanaryRun
from shared_apps.canary.rules import canary_failed, canary_missing
from shared_apps.canary.selectors import course, lately, percentile
from shared_apps.canary.services.running import KEPT, run_canary
from shared_apps.canary.trading import steps
from shared_apps.care.models import Alert
from shared_apps.care.services.judging import judge
from shared_apps.operations.models import OperatorRole
from tenant_apps.bank_sampah.models import BankTerms, Member, Withdrawal
from tenant_apps.bank_sampah.services import set_bank_terms
from tenant_apps.canary_trade import trade
from tenant_apps.ledger.models import JournalEntry, LedgerProof
from tenant_apps.ledger.selectors import amounts_of
from tenant_apps.orders.models import Order, OrderState
from tenant_apps.satker.models import Satker
from tenant_apps.stock.models import StockLevel
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.services import pause_warung, set_neighbourhood
from tenants.alerting import Reading
from tenants.audit.models import AuditEvent
from tenants.context import in_region, on_platform
from tenants.kernel import clock
from tenants.models import Region, RegionStatus
from tenants.outbox.models import OutboxMessage
from tests.cast import VILLAGE
from tests.shared_apps.operations.people import operator, operator_browser

STATE = CanaryRun.State
PAGE = "/operator/kenari/"
# The smallest payout of the first terms, which each run saves and pays out; in rupiah.
SAVED = 10_000


@pytest.fixture
def canary(committed: None, kalidoni: Region, settings: Any) -> Iterator[Region]:
    """Kalidoni is the canary: as building leaves a region, with a Satker and its kelurahan. The platform is bound."""
    settings.CANARY_REGION = "kalidoni"
    with in_region(kalidoni):
        Satker.objects.create(name="Satker Kalidoni")
        set_neighbourhood(village_code=VILLAGE, rw=0, rt_count=0)
    with on_platform():
        yield kalidoni


def run(minutes: int = 0) -> CanaryRun:
    """A run so many minutes from now."""
    with time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=True):
        done = run_canary()
    assert done is not None
    done.refresh_from_db()
    return done


def told(done: CanaryRun) -> tuple[str, str, str]:
    return done.state, done.failed_step, done.error


def test_the_trade_passes_and_every_rupiah_is_where_it_belongs(canary: Region) -> None:
    first, second = run(), run(15)
    assert [told(first), told(second)] == [(STATE.PASSED, "", "")] * 2
    names = ["prepare", "cart", "order", "accept", "hand_over", "deposit", "payout", "books"]
    assert [one["name"] for one in second.steps] == names == [one.name for one in steps()]
    assert second.ms >= sum(one["ms"] for one in second.steps) - len(names) > 0
    with in_region(canary):
        warung, member = Warung.objects.get(), Member.objects.get()
        orders = list(Order.objects.all())
        assert [one.state for one in orders] == [OrderState.HANDED_OVER] * 2
        assert [one.total for one in orders] == [2_000] * 2
        assert StockLevel.objects.get(location__warung=warung).on_hand == 500 - 4
        book, unit = member.books.get(), member.unit
        held = amounts_of(
            [
                f"warung:{warung.pk}:cash",
                f"warung:{warung.pk}:sales",
                f"savings:{book.pk}:book",
                f"savings:{book.pk}:reserved",
                f"waste:{unit.pk}:stock",
                f"waste:{unit.pk}:cash",
                "satker:cash",
            ]
        )
        assert list(held.values()) == [4_000, 4_000, 0, 0, 2 * SAVED, 0, -2 * SAVED]
        assert sorted(Withdrawal.objects.values_list("amount", "state")) == [(SAVED, "paid")] * 2
        # The proofs of the nights are not pushed out by the canary's.
        assert LedgerProof.objects.count() == 0
        # Nobody can be reached, so nothing leaves by mail or short text.
        assert not OutboxMessage.objects.filter(kind__in=["mail", "sms"]).exists()
    assert list(canary_failed(0)) == list(canary_missing(30)) == []


def test_the_rows_of_a_run_are_the_same_number_each_time(canary: Region) -> None:
    def entries() -> int:
        with in_region(canary):
            return JournalEntry.objects.count() + Warung.objects.count() + Member.objects.count()

    run()
    before = entries()
    run(15)
    between = entries()
    run(30)
    # Sold, weighed in, into the box, set aside, paid out.
    assert entries() - between == between - before == 5


def test_a_member_who_may_take_no_more_today_is_followed_by_another(canary: Region) -> None:
    run()
    with in_region(canary):
        terms = BankTerms.objects.get()
        set_bank_terms(
            by="system:test", share_bps=1_000, proceeds_bps=0, least_payout=terms.least_payout, most_a_day=15_000
        )
    done = run(15)
    assert told(done) == (STATE.PASSED, "", "")
    with in_region(canary):
        assert list(Member.objects.order_by("pk").values_list("name", flat=True)) == ["Kenari (uji)", "Kenari 2 (uji)"]


def test_a_service_that_refuses_makes_a_failed_run_and_an_alert(canary: Region) -> None:
    run()
    with in_region(canary):
        pause_warung(warung=Warung.objects.get(), by="system:test")
    broken, again = run(15), run(30)
    assert told(broken) == (STATE.FAILED, "order", "WarungClosed")
    assert [one["name"] for one in broken.steps] == ["prepare", "cart"]
    assert list(canary_failed(0)) == [Reading(canary.pk, 2)]
    judge()
    assert Alert.objects.filter(rule="canary_failed", region=canary, state=Alert.State.OPEN).exists()
    assert again.pk > broken.pk


def test_a_step_without_its_effect_is_found(canary: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    run()
    monkeypatch.setattr(trade, "hand_over", lambda order, by: order)
    broken = run(15)
    assert told(broken) == (STATE.FAILED, "hand_over", "WrongEffect: state of the order: packed instead of handed_over")
    monkeypatch.undo()
    assert told(run(30)) == (STATE.PASSED, "", "")
    assert list(canary_failed(0)) == []
    with in_region(canary):
        # What the broken run left is given up, and its goods are free again.
        assert Order.objects.filter(state=OrderState.CALLED_OFF).count() == 1
        assert StockLevel.objects.get().reserved == 0


def test_books_that_do_not_add_up_are_found(canary: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trade, "find_differences", lambda: [{"what": "balance", "code": "x", "kept": 1, "counted": 0}])
    assert told(run()) == (STATE.FAILED, "books", "WrongEffect: differences in the ledger: 1 instead of 0")


def test_a_killed_run_ends_with_the_next_one(canary: Region) -> None:
    killed = CanaryRun.objects.create(
        slug="kalidoni",
        region=canary,
        by="system:test",
        started_at=clock.now() - timedelta(minutes=15),
        steps=[{"name": "prepare", "ms": 3}, {"name": "cart", "ms": 2}],
    )
    assert run().state == STATE.PASSED
    killed.refresh_from_db()
    assert told(killed) == (STATE.FAILED, "order", "CutOff")


def test_only_one_process_runs_it_and_not_twice_in_a_minute(canary: Region) -> None:
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, 0)", [RUNNING])
            assert run_canary() is None
            cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [RUNNING])
    finally:
        other.close()
    assert run().state == STATE.PASSED
    assert run_canary() is None
    assert CanaryRun.objects.count() == 1


@pytest.mark.usefixtures("platform")
def test_a_read_only_region_is_not_traded_in(lombok: Region, settings: Any) -> None:
    settings.CANARY_REGION = "lombok"
    Region.objects.filter(pk=lombok.pk).update(read_only_because=["billing"], read_only_since=clock.now())
    assert told(run()) == (STATE.FAILED, "", "ReadOnly")


@pytest.mark.parametrize(("slug", "error"), [("tidak-ada", "NoRegion"), ("lombok", "NotReady")])
@pytest.mark.usefixtures("platform")
def test_a_region_that_is_not_there_or_not_open_is_a_failure(
    lombok: Region, settings: Any, slug: str, error: str
) -> None:
    Region.objects.filter(pk=lombok.pk).update(status=RegionStatus.SUSPENDED)
    settings.CANARY_REGION = slug
    assert told(run()) == (STATE.FAILED, "", error)
    region = None if error == "NoRegion" else lombok.pk
    assert list(canary_failed(0)) == [Reading(region, 1)]


@pytest.mark.usefixtures("platform")
def test_without_a_canary_nothing_runs_and_nothing_is_told(settings: Any) -> None:
    settings.CANARY_REGION = ""
    CanaryRun.objects.create(
        slug="kalidoni", by="x", state=STATE.FAILED, started_at=_ago(minutes=60), ended_at=_ago(minutes=60), error="X"
    )
    assert run_canary() is None
    assert list(canary_failed(0)) == list(canary_missing(30)) == []


@pytest.mark.usefixtures("platform")
def test_a_canary_that_stopped_is_told_after_three_quarters_of_an_hour(settings: Any) -> None:
    settings.CANARY_REGION = "kalidoni"
    assert [one.value for one in canary_missing(30)] == [31]
    CanaryRun.objects.create(slug="kalidoni", by="x", state=STATE.PASSED, ended_at=clock.now())
    assert list(canary_missing(30)) == []
    begin = clock.now()
    found = []
    for minute in range(30, 50):
        with time_machine.travel(begin + timedelta(minutes=minute, seconds=5), tick=False):
            judge()
        if Alert.objects.filter(rule="canary_missing", state=Alert.State.OPEN).exists():
            found.append(minute)
    assert found[0] in (46, 47)


@pytest.mark.usefixtures("platform")
def test_old_rows_go(settings: Any) -> None:
    settings.CANARY_REGION = "tidak-ada"
    for age in (KEPT - timedelta(days=1), KEPT + timedelta(days=1)):
        CanaryRun.objects.create(
            slug="kalidoni", by="x", state=STATE.FAILED, error="X", started_at=clock.now() - age, ended_at=clock.now()
        )
    run()
    assert CanaryRun.objects.filter(slug="kalidoni").count() == 1


def test_the_percentile_is_the_one_of_the_ordered_values() -> None:
    assert percentile([], 95) is None
    assert percentile([7], 95) == 7
    assert percentile(list(range(1, 101)), 95) == 95
    assert percentile([1] * 19 + [900], 95) == 1
    assert percentile([1] * 18 + [900, 901], 95) == 900


@pytest.mark.usefixtures("platform")
def test_the_page_tells_runs_steps_and_times(kalidoni: Region, settings: Any) -> None:
    settings.CANARY_REGION = "kalidoni"
    browser = operator_browser(operator(role=OperatorRole.READER))
    assert "Belum ada riwayat" in browser.get(PAGE).content.decode()
    for ms, state, error in ((1_234, STATE.PASSED, ""), (77, STATE.FAILED, "WarungClosed")):
        CanaryRun.objects.create(
            slug="kalidoni", region=kalidoni, by="x", ms=ms, state=state, error=error, ended_at=clock.now(),
            failed_step="order" if error else "", steps=[{"name": "cart", "ms": 41}],
        )  # fmt: skip
    page = browser.get(PAGE).content.decode()
    assert "1.234 ms" in page
    assert "Memesan: WarungClosed" in page
    assert "Memasukkan ke keranjang: 41 ms" in page
    assert "day-chart" in page
    assert lately().p95 == course().p95[-1] == 1_234
    assert (lately().passed, lately().failed) == (1, 1)


@pytest.mark.usefixtures("platform")
def test_the_page_says_how_a_canary_is_set(settings: Any) -> None:
    settings.CANARY_REGION = ""
    page = operator_browser().get(PAGE).content.decode()
    assert "WARSA_CANARY_REGION" in page
    assert "/operator/kenari/jalankan/" not in page
    assert operator_browser(operator(email="lain@example.test")).post(f"{PAGE}jalankan/").status_code == 302
    assert not AuditEvent.objects.filter(action="canary.ordered").exists()


def test_an_operator_runs_it_now_and_readers_and_strangers_do_not(canary: Region) -> None:
    reader = operator_browser(operator(role=OperatorRole.READER))
    assert "jalankan" not in reader.get(PAGE).content.decode()
    assert reader.post(f"{PAGE}jalankan/").status_code == 404
    nobody = Client(headers={"host": "localhost"})
    nobody.defaults["wsgi.url_scheme"] = "https"
    assert nobody.get(PAGE).status_code == 302
    assert nobody.post(f"{PAGE}jalankan/").status_code in (302, 403)
    assert CanaryRun.objects.count() == 0
    one = operator_browser(operator(email="lain@example.test", role=OperatorRole.OPERATOR))
    assert "jalankan" in one.get(PAGE).content.decode()
    assert one.post(f"{PAGE}jalankan/").status_code == 302
    event = AuditEvent.objects.get(action="canary.ordered")
    assert event.region == canary.public_id
    # What its worker then does.
    assert run().state == STATE.PASSED
    assert "baru saja" in one.post(f"{PAGE}jalankan/", follow=True).content.decode()
    assert AuditEvent.objects.filter(action="canary.ordered").count() == 1


def _ago(**span: int) -> Any:
    return clock.now() - timedelta(**span)
