"""What goes beyond a rule is an alert: opened once, told once, acknowledged by a person, resolved by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shared_apps.billing.models import Subscription
from shared_apps.care.errors import NoteNeeded
from shared_apps.care.models import Alert, HouseCheck, RestoreProof
from shared_apps.care.models.drills import DrillNight
from shared_apps.care.rules import drill_failed, drills_missing
from shared_apps.care.selectors import open_alerts
from shared_apps.care.services.answering import acknowledge, silence
from shared_apps.care.services.judging import judge
from shared_apps.operations.models import OperatorRole, RegionCounter, RegionRollup
from tenants import alerting
from tenants.alerting import Reading, Severity, alert_rule
from tenants.audit.models import AuditEvent
from tenants.fleet.models import Drift, FleetRun, ParkedRegion
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.shared_apps.billing.house import subscribed
from tests.shared_apps.operations.people import operator, operator_browser

pytestmark = pytest.mark.usefixtures("platform")
STATE = Alert.State
PAGE = "/operator/peringatan/"
NOTE = "Pekerja dijalankan ulang"


@pytest.fixture(autouse=True)
def well(platform: None) -> None:
    """Both regions told something just now, and were saved and proven."""
    now = clock.now()
    for region in Region.objects.all():
        RegionRollup.objects.create(region=region, measured_at=now, backup_at=now)
    DrillNight.objects.create(day=now.date(), by="system:test", ended_at=now)


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Reading]]:
    """One rule alone, whose readings the test says; it lasts two minutes."""
    told: list[Reading] = []
    monkeypatch.setattr(alerting, "_rules", {})
    alert_rule("coba", label="Angka coba", advice="Lihat", unit="kali", threshold=5, lasting=timedelta(minutes=2))(
        lambda most: [one for one in told if one.value > most]
    )
    yield told


def kalidoni() -> Region:
    region: Region = Region.objects.get(name="Kalidoni")
    return region


def rollup(**values: object) -> None:
    RegionRollup.objects.filter(region=kalidoni()).update(**values)


def mend() -> None:
    """Whatever a test has broken is well again."""
    RegionRollup.objects.update(measured_at=clock.now(), backup_at=clock.now())
    Subscription.objects.update(state="active")
    for model in (ParkedRegion, Drift, RegionCounter, FleetRun, HouseCheck):
        model.objects.all().delete()


def overdue(days: int) -> None:
    subscription = subscribed(kalidoni())
    Subscription.objects.filter(pk=subscription.pk).update(
        state="past_due", moved_at=clock.now() - timedelta(days=days)
    )


def open_now() -> list[tuple[str, str | None]]:
    rows = Alert.objects.filter(state=STATE.OPEN).select_related("region").order_by("rule")
    return [(one.rule, one.region.name if one.region else None) for one in rows]


def letters() -> list[str]:
    return [one.payload["subject"] for one in OutboxMessage.objects.filter(kind="mail").order_by("pk")]


def test_nothing_is_opened_while_all_is_well() -> None:
    assert judge() == 0
    assert Alert.objects.count() == 0


@pytest.mark.parametrize(
    ("rule", "break_it"),
    [
        ("region_silent", lambda: rollup(measured_at=clock.now() - timedelta(minutes=20))),
        ("backup_old", lambda: rollup(backup_at=clock.now() - timedelta(days=3))),
        ("unpaid", lambda: overdue(days=3)),
        ("parked", lambda: ParkedRegion.objects.create(region=kalidoni(), reason="DuplicateColumn")),
        ("drift", lambda: Drift.objects.create(region=kalidoni(), version="v", differences=["+x"], number=1)),
        (
            "books",
            lambda: RegionCounter.objects.create(
                region=kalidoni(), name="ledger_differences", value=2, measured_at=clock.now()
            ),
        ),
        (
            "region_log",
            lambda: RegionCounter.objects.create(
                region=kalidoni(), name="audit_findings", value=1, measured_at=clock.now()
            ),
        ),
        ("migration_stopped", lambda: FleetRun.objects.create(kind="migrate", state="stopped", target="v")),
        ("platform_log", lambda: HouseCheck.objects.create(name="audit", value=1, at=clock.now())),
    ],
)
def test_each_rule_sees_its_figure_and_is_well_again(rule: str, break_it) -> None:  # type: ignore[no-untyped-def]
    break_it()
    judge()
    region = None if rule in ("migration_stopped", "platform_log") else "Kalidoni"
    assert open_now() == [(rule, region)]
    mend()
    judge()
    assert [one.state for one in Alert.objects.all()] == [STATE.RESOLVED]


@pytest.mark.parametrize(("column", "most"), [("errors_24h", 50), ("queue_depth", 100)])
def test_a_number_must_be_too_large_for_a_while(column: str, most: int) -> None:
    rollup(**{column: most})
    judge()
    assert Alert.objects.count() == 0
    rollup(**{column: most + 1})
    judge()
    assert [one.state for one in Alert.objects.all()] == [STATE.WATCHING]
    assert open_alerts() == 0
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
        RegionRollup.objects.update(measured_at=clock.now())
        assert judge() == 1
    assert [one.value for one in Alert.objects.all()] == [most + 1]


def test_the_newest_proof_of_a_region_counts() -> None:
    night = DrillNight.objects.get()
    other = DrillNight.objects.create(by="user:x", ended_at=clock.now())
    RestoreProof.objects.create(night=night, region=kalidoni(), state="failed", differences=["a", "b"])
    assert drill_failed(0) == [Reading(kalidoni().pk, 2)]
    RestoreProof.objects.create(night=other, region=kalidoni(), state="passed")
    assert drill_failed(0) == []


def test_nights_that_do_not_come_are_missed() -> None:
    assert drills_missing(48) == []
    with time_machine.travel(clock.now() + timedelta(hours=60), tick=False):
        assert [one.value for one in drills_missing(48)] == [60]


class TestLife:
    def test_what_lasts_is_opened_once_and_told_once(self, figures: list[Reading]) -> None:
        operator()
        operator("Nur", "nur@example.test", OperatorRole.READER)
        figures += [Reading(kalidoni().pk, 9), Reading(None, 7)]
        assert judge() == 0
        with time_machine.travel(clock.now() + timedelta(minutes=3), tick=False):
            assert judge() == 2
            figures[0] = Reading(kalidoni().pk, 12)
            assert judge() == 0
        assert [(one.region_id, one.state, one.value) for one in Alert.objects.order_by("value")] == [
            (None, STATE.OPEN, 7),
            (kalidoni().pk, STATE.OPEN, 12),
        ]
        assert letters() == ["2 peringatan baru"]
        (mail,) = OutboxMessage.objects.filter(kind="mail")
        assert "Angka coba (Kalidoni)" in mail.payload["body"] and "/operator/peringatan/" in mail.payload["body"]

    def test_what_is_well_before_its_time_leaves_no_trace(self, figures: list[Reading]) -> None:
        figures.append(Reading(None, 9))
        judge()
        figures.clear()
        judge()
        assert Alert.objects.count() == 0

    def test_it_resolves_by_itself_and_opens_anew(self, figures: list[Reading]) -> None:
        figures.append(Reading(None, 9))
        start = clock.now()
        for minutes, found in ((0, True), (3, True), (4, False), (5, True), (8, True)):
            figures[:] = [Reading(None, 9)] if found else []
            with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
                judge()
        first, second = Alert.objects.order_by("pk")
        assert (first.state, second.state) == (STATE.RESOLVED, STATE.OPEN)
        assert [event.move for event in first.events.all()] == ["open", "resolve"]

    def test_a_broken_rule_keeps_its_alerts_and_stops_no_other(self, figures: list[Reading]) -> None:
        alert_rule("rusak", label="x", advice="x", unit="x")(lambda most: [Reading(None, 1 // most)])
        alert_rule("utuh", label="x", advice="x", unit="x")(lambda most: [Reading(None, 1)])
        assert judge() == 1
        assert [one.rule for one in Alert.objects.all()] == ["utuh"]

    def test_the_database_keeps_one_for_each_rule_and_region(self, figures: list[Reading]) -> None:
        row = {"rule": "coba", "severity": Severity.NOTE, "value": 1, "threshold": 0, "seen_at": clock.now()}
        Alert.objects.create(**row)
        with pytest.raises(IntegrityError), transaction.atomic():
            Alert.objects.create(**row)

    def test_once_a_day_while_nobody_answers(self, figures: list[Reading]) -> None:
        operator()
        figures.append(Reading(None, 9))
        start = clock.now().replace(hour=3, minute=0)
        for hours in (0, 1, 10, 23, 24, 25, 47, 48):
            with time_machine.travel(start + timedelta(hours=hours), tick=False):
                judge()
        assert letters() == ["1 peringatan baru"] + ["1 peringatan masih menunggu Anda"] * 2
        acknowledge(alert=Alert.objects.get(), by="user:x", note=NOTE)
        with time_machine.travel(start + timedelta(hours=72), tick=False):
            judge()
        assert len(letters()) == 3

    def test_the_number_of_questions_does_not_grow(self, figures: list[Reading]) -> None:
        figures.append(Reading(kalidoni().pk, 9))
        start = clock.now()

        def asked(minutes: int) -> int:
            with (
                time_machine.travel(start + timedelta(minutes=minutes), tick=False),
                CaptureQueriesContext(connection) as seen,
            ):
                judge()
            return len(seen)

        asked(0)
        few = asked(3)
        figures[:] = [Reading(Region.objects.create(name=f"Kecamatan {n}").pk, 9) for n in range(40)]
        asked(10)
        assert asked(13) <= few + 2


class TestAnswers:
    @pytest.fixture
    def alert(self, figures: list[Reading]) -> Alert:
        figures.append(Reading(kalidoni().pk, 9))
        judge()
        with time_machine.travel(clock.now() + timedelta(minutes=3), tick=False):
            judge()
        found: Alert = Alert.objects.get()
        return found

    def test_acknowledging_needs_a_note_and_is_written_down(self, alert: Alert) -> None:
        with pytest.raises(NoteNeeded):
            acknowledge(alert=alert, by="user:x", note="  ok ")
        assert open_alerts() == 1
        assert acknowledge(alert=alert, by="user:x", note=NOTE)
        assert not acknowledge(alert=alert, by="user:y", note="yang kedua")
        alert.refresh_from_db()
        assert (alert.state, alert.acknowledged_by, alert.note, open_alerts()) == (
            STATE.ACKNOWLEDGED,
            "user:x",
            NOTE,
            0,
        )
        (event,) = AuditEvent.objects.filter(action="alert.acknowledged")
        assert (event.reason, event.region) == (NOTE, kalidoni().public_id)

    def test_what_is_resolved_cannot_be_acknowledged(self, alert: Alert, figures: list[Reading]) -> None:
        figures.clear()
        judge()
        with pytest.raises(StaleDocument):
            acknowledge(alert=alert, by="user:x", note=NOTE)

    def test_a_silence_is_neither_counted_nor_mailed_and_outlives_the_alert(
        self, alert: Alert, figures: list[Reading]
    ) -> None:
        operator()
        silence(alert=alert, by="user:x", hours=24)
        assert open_alerts() == 0
        figures.clear()
        judge()
        figures.append(Reading(kalidoni().pk, 9))
        now = clock.now()
        for minutes in (10, 13):
            with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
                judge()
        assert (Alert.objects.filter(state=STATE.OPEN).count(), open_alerts(), letters()) == (1, 0, [])
        silence(alert=Alert.objects.get(state=STATE.OPEN), by="user:x", hours=0)
        assert open_alerts() == 1
        assert not Alert.objects.filter(silenced_until__isnull=False).exists()

    def test_the_pages(self, alert: Alert) -> None:
        browser = operator_browser()
        page = browser.get(PAGE).content.decode()
        assert "Angka coba" in page and "Kalidoni" in page
        one = f"{PAGE}{alert.public_id}/"
        assert "Angka coba" in browser.get(one).content.decode()
        assert browser.post(f"{one}terima/", {"note": "x"}).status_code == 409
        assert browser.post(f"{one}terima/", {"note": NOTE}, follow=True).redirect_chain[-1][0] == PAGE
        assert NOTE in browser.get(one).content.decode()
        assert browser.post(f"{one}senyap/", {"hours": "lama"}).status_code == 302
        assert str(alert.public_id) not in browser.get(PAGE).content.decode()
        assert "Kalidoni" in browser.get(f"{PAGE}?silenced=1").content.decode()
        table = b"".join(browser.get(f"{PAGE}csv/?silenced=1")).decode()
        assert table.splitlines()[1].startswith("coba,Kalidoni,")

    @pytest.mark.parametrize(
        "query", ["state=%00", "severity=x&rule=y", "page=-1&q=%00%27", "state=resolved", "rule=coba"]
    )
    def test_any_filter_is_answered(self, alert: Alert, query: str) -> None:
        assert operator_browser().get(f"{PAGE}?{query}").status_code == 200

    def test_a_reader_looks_and_changes_nothing(self, alert: Alert) -> None:
        reader = operator_browser(operator(role=OperatorRole.READER))
        one = f"{PAGE}{alert.public_id}/"
        assert reader.get(one).status_code == 200
        assert reader.post(f"{one}terima/", {"note": NOTE}).status_code == 404
        assert reader.post(f"{one}senyap/", {"hours": "8"}).status_code == 404
        assert Client(headers={"host": "localhost"}).get(one, secure=True).status_code == 302
        alert.refresh_from_db()
        assert (alert.state, alert.silenced_until) == (STATE.OPEN, None)
