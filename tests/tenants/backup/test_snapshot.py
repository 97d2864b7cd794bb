"""What is saved while people trade is one moment, whole; and nobody waits for it."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from django.db import connection

from tenant_apps.ledger.models import JournalEntry, JournalLine
from tenant_apps.ledger.services import unproven_accounts
from tenant_apps.orders.models import Order, OrderEvent, OrderState
from tenant_apps.stock.services import Line, location_of_warung, receive
from tenants.backup.archive import Manifest
from tenants.backup.exporting import export_region
from tenants.backup.loading import standing_in
from tenants.backup.restoring import discard, restore
from tenants.context import in_region
from tenants.models import Region
from tests.cast import BY, Cast, build_cast
from tests.tenants.backup.plaju import SLUG, sell
from tests.trials import rounds

WRITERS = 4


class Seller(threading.Thread):
    """Sells until told to stop, on a connection of its own."""

    def __init__(self, region: Region, cast: Cast) -> None:
        super().__init__()
        self.region, self.cast = region, cast
        self.sold, self.longest_s = 0, 0.0
        self.failure: BaseException | None = None
        self.stop = threading.Event()

    def run(self) -> None:
        try:
            with in_region(self.region):
                while not self.stop.is_set():
                    began = time.monotonic()
                    sell(self.cast, 1)
                    self.longest_s = max(self.longest_s, time.monotonic() - began)
                    self.sold += 1
        except BaseException as failure:
            self.failure = failure
        finally:
            connection.close()


def rows(manifest: Manifest, table: str) -> int:
    return next(one.rows for one in manifest.tables if one.name == table)


def test_an_archive_made_while_four_people_sell_is_one_moment(plaju: Region, tmp_path: Path) -> None:
    with in_region(plaju):
        cast = build_cast(suffix="2")
        receive(
            location=location_of_warung(cast.warung), lines=[Line(cast.rice.pk, 5_000_000)], reference="more", by=BY
        )
        entries_before = JournalEntry.objects.count()
    sellers = [Seller(plaju, cast) for _ in range(WRITERS)]
    for seller in sellers:
        seller.start()
    try:
        archives: list[tuple[Path, Manifest]] = []
        for number in range(rounds(30)):
            time.sleep(0.3)
            path = tmp_path / f"{number}.warsa"
            archives.append((path, export_region(region=plaju, path=path)[0]))
    finally:
        for seller in sellers:
            seller.stop.set()
        for seller in sellers:
            seller.join()
    assert [seller.failure for seller in sellers] == [None] * WRITERS
    assert all(seller.sold for seller in sellers)
    # Nobody waits for a lock of ours: a sale takes as long as four sellers on two cores make it.
    assert max(seller.longest_s for seller in sellers) < 5

    counted = [rows(manifest, "ledger_journalentry") for _, manifest in archives]
    assert counted == sorted(counted) and counted[0] >= entries_before
    assert counted[-1] > counted[0]
    for path, manifest in archives:
        side, _ = restore(path=path)
        with in_region(standing_in(plaju, side.schema_name)):
            assert unproven_accounts() == []
            entries = JournalEntry.objects.count()
            assert entries == rows(manifest, "ledger_journalentry") == manifest.proofs["ledger"]["entries"]
            assert JournalLine.objects.count() == manifest.proofs["ledger"]["lines"]
            sold = Order.objects.filter(state=OrderState.HANDED_OVER).count()
            assert sold == entries
            # Every order tells its whole story: no order without the event that made it what it is.
            assert OrderEvent.objects.filter(after=OrderState.HANDED_OVER).count() == sold
        discard(region=plaju, typed_slug=SLUG)
