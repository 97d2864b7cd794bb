"""The Satker is told of changes, and each region looks for them in its turn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from tenant_apps.satker.models import Satker
from tenant_apps.suppliers import tasks
from tenant_apps.suppliers.models import AdoptionChange
from tenant_apps.suppliers.services import Answer, answer, find_changes
from tenants.context import on_platform
from tenants.kernel import clock
from tenants.models import Region, RegionStatus
from tenants.outbox.models import OutboxMessage
from tenants.tasks import HEADER
from tests.cast import BY
from tests.tenant_apps.suppliers.counter import Counter, republish

Later = Callable[[timedelta], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Moves the clock on."""

    def move(by: timedelta) -> None:
        moment = clock.now() + by
        monkeypatch.setattr(clock, "now", lambda: moment)

    # Noon in Jakarta, so that an hour later is the same day.
    noon = timezone.now().replace(hour=5, minute=0)
    monkeypatch.setattr(clock, "now", lambda: noon)
    return move


def messages() -> list[str]:
    return sorted(OutboxMessage.objects.filter(dedupe__contains="suppliers.changes").values_list("kind", flat=True))


def test_officers_find_a_notice_and_the_satker_gets_a_letter_once_a_day(later: Later, counter: Counter) -> None:
    Satker.objects.update(email="satker@example.test")
    counter.rice(), counter.eggs()
    find_changes(by=BY)
    assert messages() == []
    new = republish(counter.musi.offers["BR-50"], prices=[(1, 640_000)])
    find_changes(by=BY)
    assert messages() == ["mail", "notice"]
    mail = OutboxMessage.objects.get(kind="mail", dedupe__contains="suppliers.changes")
    assert mail.payload["to"] == "satker@example.test"
    assert (
        "menunggu jawaban Anda: 1" in mail.payload["subject"] and "/satker/pemasok/perubahan/" in mail.payload["body"]
    )
    notice = OutboxMessage.objects.get(kind="notice", dedupe__contains="suppliers.changes")
    assert notice.payload["user"] == counter.cast.yuli.pk
    # Found the same day, told the next.
    later(timedelta(hours=1))
    republish(counter.musi.offers["TL-180"], prices=[(1, 290_000)])
    find_changes(by=BY)
    assert messages() == ["mail", "notice"]
    later(timedelta(hours=20))
    find_changes(by=BY)
    assert messages() == ["mail", "mail", "notice", "notice"]
    # What has been told of only waits.
    later(timedelta(days=2))
    find_changes(by=BY)
    assert len(messages()) == 4
    for change in AdoptionChange.objects.all():
        answer(change=change, answer=Answer.ACCEPT, by=BY)
    republish(new, least=9)
    later(timedelta(days=1))
    find_changes(by=BY)
    assert len(messages()) == 6


def test_without_an_address_each_officer_gets_the_letter(counter: Counter) -> None:
    Satker.objects.update(phone="0711 555 123")
    counter.rice()
    republish(counter.musi.offers["BR-50"], prices=[(1, 640_000)])
    with transaction.atomic():
        find_changes(by=BY)
    sent = OutboxMessage.objects.filter(kind="mail", dedupe__contains="suppliers.changes")
    assert [one.payload["to"] for one in sent] == ["yuli@example.test"]


def test_each_region_has_its_turn(platform: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        Region.objects.create(name=f"R{number}", status=RegionStatus.READY)
    with on_platform():
        ready = set(Region.objects.filter(status=RegionStatus.READY).values_list("schema_name", flat=True))
    asked: list[str] = []
    monkeypatch.setattr(
        tasks.find_supplier_changes, "apply_async", lambda args=(), **options: asked.append(options["headers"][HEADER])
    )
    start = clock.now()
    for turn in range(tasks.TURNS):
        moment, before = start + timedelta(seconds=turn * tasks.INTERVAL_SECONDS), len(asked)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        tasks.find_supplier_changes_in_turns.run()
        assert len(asked) - before <= 4
    assert sorted(asked) == sorted(ready)
