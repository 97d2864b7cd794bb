"""The last activity of a region is noted after commit, and seldom."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tenants.activity import note_activity
from tenants.context import in_region, on_platform
from tenants.errors import NoRegionBound
from tenants.kernel import clock
from tenants.models import Region


def noted(region: Region) -> datetime | None:
    moment: datetime | None = Region.objects.get(pk=region.pk).last_activity_at
    return moment


def test_it_is_noted_once_in_five_minutes(
    committed: None, kalidoni: Region, lombok: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = datetime.fromisoformat("2026-11-24T05:00:00+00:00")
    with on_platform():
        Region.objects.update(last_activity_at=None)
    for minutes, expected in [(0, 0), (4, 0), (5, 5), (6, 5), (11, 11)]:
        monkeypatch.setattr(clock, "now", lambda past=minutes: noon + timedelta(minutes=past, seconds=past))
        # As another request would find it.
        with on_platform():
            fresh = Region.objects.get(pk=kalidoni.pk)
        with in_region(fresh):
            note_activity()
            with CaptureQueriesContext(connection) as queries:
                note_activity()
            assert len(queries) == 0
        with on_platform():
            assert noted(kalidoni) == noon + timedelta(minutes=expected, seconds=expected)
            assert noted(lombok) is None


def test_another_process_that_was_first_is_not_overwritten(
    committed: None, kalidoni: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_platform():
        Region.objects.update(last_activity_at=None)
        stale = Region.objects.get(pk=kalidoni.pk)
        moment = clock.now()
        Region.objects.filter(pk=kalidoni.pk).update(last_activity_at=moment)
    monkeypatch.setattr(clock, "now", lambda: moment + timedelta(minutes=1))
    with in_region(stale):
        note_activity()
    with on_platform():
        assert noted(kalidoni) == moment


def test_the_row_is_free_until_the_work_is_committed(committed: None, kalidoni: Region) -> None:
    with on_platform():
        Region.objects.update(last_activity_at=None)
        kalidoni.refresh_from_db()
    with in_region(kalidoni), transaction.atomic():
        note_activity()
        assert noted(kalidoni) is None
    with on_platform():
        assert noted(kalidoni) is not None


def test_what_is_rolled_back_was_no_activity(committed: None, kalidoni: Region) -> None:
    with on_platform():
        Region.objects.update(last_activity_at=None)
        kalidoni.refresh_from_db()
    with in_region(kalidoni), pytest.raises(RuntimeError), transaction.atomic():
        note_activity()
        raise RuntimeError
    with on_platform():
        assert noted(kalidoni) is None


@pytest.mark.usefixtures("platform")
def test_on_the_platform_there_is_no_region_to_note() -> None:
    with pytest.raises(NoRegionBound):
        note_activity()
