"""A supplier's step reaches the region's apps once: in order, whatever fails, whoever dies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from shared_apps.exchange import hooks, tasks
from shared_apps.exchange.models import SupplierOrder, SupplierOrderEvent
from shared_apps.exchange.services import cancel, confirm, refuse
from shared_apps.exchange.telling import regions_to_tell, tell
from tenants.context import in_region, on_platform
from tenants.models import Region
from tenants.tasks import HEADER
from tests.shared_apps.exchange.ordering import Deal

Heard = list[tuple[str, str]]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """What an app of the region was told, as (order, step); it fails for orders noted "broken"."""
    told: Heard = []

    def listen(order: SupplierOrder, event: SupplierOrderEvent) -> None:
        told.append((order.number, event.move))
        if order.note == "broken":
            raise ZeroDivisionError

    monkeypatch.setattr(hooks, "_handlers", [])
    hooks.on_supplier_step(listen)
    hooks.on_supplier_step(listen)
    yield told


@pytest.fixture
def deal(kalidoni: Region) -> Deal:
    return Deal(kalidoni)


def test_each_step_is_told_once_and_in_order(deal: Deal, heard: Heard) -> None:
    order = deal.send({"BR-50": 2})
    with on_platform():
        assert regions_to_tell() == []
    deal.as_supplier(confirm, order)
    deal.ship(order, {"BR-50": 1})
    with on_platform():
        assert regions_to_tell() == [deal.region.schema_name]
    with in_region(deal.region):
        assert (tell(), tell()) == (2, 0)
    assert heard == [(order.number, "confirm"), (order.number, "ship")]
    with on_platform():
        assert regions_to_tell() == []


def test_a_step_that_is_not_taken_waits_and_holds_up_its_own_order_alone(deal: Deal, heard: Heard) -> None:
    broken, good = deal.send({"BR-50": 2}, note="broken"), deal.send({"BR-50": 1})
    deal.as_supplier(confirm, broken)
    deal.ship(broken, {"BR-50": 1})
    deal.as_supplier(refuse, good, reason="Habis")
    with in_region(deal.region):
        assert tell() == 1
        assert heard == [(broken.number, "confirm"), (good.number, "refuse")]
        assert list(broken.history.filter(side="supplier").values_list("told_at", flat=True)) == [None, None]
        assert tell() == 0


def test_the_regions_own_steps_are_not_told_to_it(deal: Deal, heard: Heard) -> None:
    deal.as_region(cancel, deal.send({"BR-50": 2}), reason="Tidak jadi")
    with in_region(deal.region):
        assert tell() == 0
    assert heard == []


def test_a_step_asks_for_its_region_after_it_commits(
    deal: Deal,
    heard: Heard,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks.tell_regions, "apply_async", lambda *args, **options: asked.append("platform"))
    monkeypatch.setattr(tasks.tell_region, "apply_async", lambda **options: asked.append(options["headers"][HEADER]))
    order = deal.send({"BR-50": 2})
    with django_capture_on_commit_callbacks(execute=True):
        deal.as_supplier(confirm, order)
    assert asked == ["platform"]
    with on_platform():
        tasks.tell_regions.run()
    assert asked[1:] == [deal.region.schema_name]
    with in_region(deal.region):
        tasks.tell_region.run()
    assert heard == [(order.number, "confirm")]
