"""Kalidoni and Lombok, both within reach of Sinar Musi, and as many other regions as a test wants: joint purchases begin here."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db import connection

from shared_apps.exchange.models import MemberState, Pool, PoolLine, PoolMember, PoolPledge
from shared_apps.exchange.services import pooling
from shared_apps.supplier_catalog.models import Offer
from tenants.context import as_owner, in_region, on_platform
from tenants.kernel import clock
from tenants.models import Domain, Region, RegionStatus
from tests.cast import BY
from tests.shared_apps.supplier_catalog.wholesaler import KALIDONI, Wholesaler, cover, offer, sinar_musi

# A kecamatan of Palembang that Lombok has here, so that one supplier reaches both.
SUKARAMI = "16.71.07"
# Tiers of the oil: from 40 and from 100 on.
OIL = [(40, 190_000), (100, 180_000)]


class Joint:
    """A supplier that takes joint purchases, two regions, and a pool that Kalidoni opens."""

    def __init__(self, kalidoni: Region, lombok: Region) -> None:
        self.kalidoni, self.lombok = kalidoni, lombok
        with on_platform():
            cover(kalidoni, KALIDONI)
            cover(lombok, SUKARAMI)
            self.musi: Wholesaler = sinar_musi(allows_pooling=True)
            self.oil: Offer = offer(
                self.musi.organisation, "MG-12", "Minyak goreng", pack=("dus", 12), price=200_000, tiers=OIL
            )

    def open(self, **facts: Any) -> Pool:
        with in_region(self.kalidoni):
            told: dict[str, Any] = {
                "supplier": self.musi.organisation,
                "key": uuid.uuid4(),
                "name": "Minyak bersama",
                "closes_at": clock.now() + timedelta(days=2),
                "offers": [one.public_id for one in (self.oil, *self.musi.offers.values())],
                **facts,
            }
            return pooling.open_pool(**told)

    def together(self) -> Pool:
        """A pool that Lombok has joined."""
        pool = self.open()
        with in_region(self.kalidoni):
            pooling.invite(pool=pool, who="Lombok")
        with in_region(self.lombok):
            pooling.join(pool=pool)
        return pool

    def pledge(self, region: Region, pool: Pool, cartons: int) -> None:
        with in_region(region):
            pooling.pledge(pool=pool, packs={self.oil.public_id: cartons})

    def more(self, pool: Pool, *cartons: int) -> list[Region]:
        """Further regions that take part with so many cartons; they have rows, and no tables of their own."""
        found = []
        with on_platform():
            for place in range(len(cartons)):
                region = Region.objects.create(name=f"Wilayah {place}", status=RegionStatus.READY)
                Domain.objects.create(tenant=region, domain=f"wilayah-{region.pk}.warsa.test", is_primary=True)
                found.append(region)
        with as_owner():
            line = PoolLine.objects.get(pool=pool, offer=self.oil)
            for region, count in zip(found, cartons, strict=True):
                PoolMember.objects.create(pool=pool, region=region, state=MemberState.JOINED)
                PoolPledge.objects.create(line=line, region=region, cartons=count)
        return found

    def seen(self, region: Region, pool: Pool) -> tuple[int, int, int]:
        """What the database says of the oil to a region: others, their cartons as they are rounded, the tier reached."""
        with in_region(region), connection.cursor() as cursor:
            cursor.execute(
                "SELECT r.others, r.besides, r.reached FROM public.exchange_poolreach r"
                " JOIN public.exchange_poolline l ON l.id = r.line_id WHERE l.sku = 'MG-12' AND l.pool_id = %s",
                [pool.pk],
            )
            rows = cursor.fetchall()
        assert len(rows) == 1
        return tuple(rows[0])

    def close(self, pool: Pool) -> Pool:
        with in_region(self.kalidoni):
            return pooling.close_pool(pool=pool, by=BY)
