"""Many regions go back to an earlier moment together, while the others trade on and notice nothing."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from infra.backup import base, recover
from tenant_apps.catalog.models import Pack
from tenant_apps.ledger.services import unproven_accounts
from tenant_apps.orders.models import Method, Order
from tenant_apps.orders.services.filling import accept_order, hand_over, pack_order
from tenant_apps.orders.services.placing import place_order
from tenant_apps.stock.services import Line, location_of_warung, receive
from tenant_apps.warungs.models import Warung
from tenants.backup.restoring import restore, swap
from tenants.context import in_region, on_platform
from tenants.hosts import host_of_slug
from tenants.identity.models import User
from tenants.models import Domain, Region
from tests.cast import BY, build_cast
from tests.running import ROOT
from tests.tenant_apps.orders.desk import seen
from tests.tenants.backup.plaju import contents
from tests.tenants.backup.test_point_in_time import at_its_socket, shelf, streamed, until_streamed
from tests.tenants.fleet.fleets import build_fleet
from tests.trials import FULL, rounds, seeded

__all__ = ["shelf"]

REGIONS = rounds(100)
BACK = REGIONS // 5
# How long people trade on after the moment that is gone back to.
TRADE_S = 600.0 if FULL else 5.0
PAUSE_S = 0.1 if FULL else 0.0

_EXPORT = """
import json, sys
from pathlib import Path
from tenants.backup.exporting import export_region
from tenants.context import on_platform
from tenants.models import Region
with on_platform():
    regions = list(Region.objects.filter(pk__in=json.loads(sys.argv[1])))
for region in regions:
    export_region(region=region, path=Path(sys.argv[2]) / f"{region.pk}.warsa")
"""


class Trade:
    """Orders are placed, filled and paid in regions taken at random, until it is stopped; it may stand still in between."""

    def __init__(self, regions: list[Region], seed: int) -> None:
        self.regions, self._random = regions, random.Random(seed)
        self.done, self.failures = 0, list[str]()
        self._stop, self._still = threading.Event(), threading.Lock()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Trade:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def still(self) -> threading.Lock:
        """Nothing is traded while somebody holds it."""
        return self._still

    def only(self, regions: list[Region]) -> None:
        with self._still:
            self.regions = regions

    def _run(self) -> None:
        try:
            while not self._stop.wait(PAUSE_S):
                with self._still:
                    region = self._random.choice(self.regions)
                    try:
                        sell_one(region, fill=self._random.random() < 0.6)
                        self.done += 1
                    except Exception as failure:
                        self.failures.append(f"{region}: {failure!r}")
        finally:
            connection.close()


def sell_one(region: Region, *, fill: bool) -> None:
    with in_region(region):
        ratna = User.objects.get(name="Ratna")
        order: Order = place_order(
            customer=ratna,
            warung=Warung.objects.get(name="Warung Hasan"),
            key=uuid4(),
            lines=seen((Pack.objects.get(label="kg"), 1, 14_500)),
            method=Method.PICKUP,
            name=ratna.name,
            phone=ratna.phone,
            by=ratna.actor,
        )
        if fill:
            hand_over(order=pack_order(order=accept_order(order=order, by=BY), by=BY), by=BY)


@pytest.fixture
def fleet(committed: None) -> Iterator[list[Region]]:
    regions = build_fleet(REGIONS)
    for number, region in enumerate(regions):
        with on_platform():
            Domain.objects.create(tenant=region, domain=host_of_slug(f"wilayah-{number}"), is_primary=True)
        with in_region(region):
            cast = build_cast()
            # Nobody runs out of rice in ten minutes.
            shelf = location_of_warung(cast.warung)
            receive(location=shelf, lines=[Line(cast.rice.pk, 50_000_000)], reference="plenty", by=BY)
    yield regions
    shutil.rmtree(Path(settings.MEDIA_ROOT) / "regions", ignore_errors=True)


def exported(regions: list[Region], url: str, into: Path) -> None:
    """Each of these regions lies in an archive of its own, as the cluster at this address knows it."""
    done = subprocess.run(
        [sys.executable, "-c", f"import tests.tenants.backup.loaded\n{_EXPORT}", json.dumps([one.pk for one in regions]), str(into)],
        env={**os.environ, "WARSA_DATABASE_URL": url}, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]


def test_some_go_back_and_the_others_do_not_change(fleet: list[Region], shelf: Path, tmp_path: Path) -> None:
    bases, log, url = shelf / "base", shelf / "wal", os.environ["WARSA_ADMIN_DATABASE_URL"]
    chance = seeded()
    back = chance.sample(fleet, BACK)
    others = [one for one in fleet if one not in back]
    # Half of the others stand still while the restore runs, so that a change would show; the rest trade on.
    quiet, busy = others[::2], others[1::2]
    with streamed(log, url):
        base.take(into=bases, wal=log, url=url)
        time.sleep(max(0.0, base.bases(bases)[-1][0].timestamp() - time.time()))
        with Trade(fleet, chance.randrange(2**32)) as trade:
            time.sleep(min(TRADE_S, 30.0))
            with trade.still:
                then = {one.pk: contents(one) for one in back}
                moment = datetime.now(UTC)
                time.sleep(0.05)
                before = trade.done
            time.sleep(TRADE_S)
            with trade.still:
                for one in back:
                    # Even one at which nobody bought has changed since.
                    sell_one(one, fill=True)
            trade.only(busy)
            now = {one.pk: contents(one) for one in [*back, *quiet]}
            assert all(now[one.pk] != then[one.pk] for one in back)
            until_streamed()
            began = time.monotonic()
            copy = recover.recover(from_bases=bases, wal=log, to=moment, into=shelf / "copy")
            recovered = time.monotonic() - began
            try:
                exported(back, at_its_socket(os.environ["WARSA_DATABASE_URL"], copy.socket_dir), tmp_path)
            finally:
                copy.stop()
            for one in back:
                restore(path=tmp_path / f"{one.pk}.warsa")
            assert all(contents(one) == now[one.pk] for one in back)
            with ThreadPoolExecutor(2) as hands:
                list(hands.map(_swapped, back))
            took = time.monotonic() - began
            during = trade.done
    print(
        f"{BACK} of {REGIONS} regions back {TRADE_S:.0f} s, {before} orders before and {during - before} since:"
        f" recovered in {recovered:.1f} s, all of it in {took:.1f} s"
    )
    assert trade.failures == []
    assert trade.done > before
    for one in back:
        assert contents(one) == then[one.pk], one
    for one in quiet:
        assert contents(one) == now[one.pk], one
    for one in [*back, *busy]:
        with in_region(one):
            assert unproven_accounts() == [], one
    with on_platform():
        assert set(Region.objects.filter(pk__in=[one.pk for one in fleet]).values_list("status", flat=True)) == {
            "ready"
        }


def _swapped(region: Region) -> None:
    try:
        swap(region=region, drain_s=0)
    finally:
        connection.close()
