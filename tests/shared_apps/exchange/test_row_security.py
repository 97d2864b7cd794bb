"""The database's own fence between regions and suppliers, by SQL: who reads what, and what a missing policy would open."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from shared_apps.exchange.models import OrderState, SupplierOrder, SupplierOrderEvent, SupplierOrderLine
from shared_apps.supplier_catalog.models import Offer, OfferTier, SupplierOrganisation
from tenants.context import for_supplier, in_region, on_platform
from tenants.kernel import clock
from tenants.kernel.numbers import save_numbered
from tenants.models import Region
from tests.cast import BY
from tests.shared_apps.supplier_catalog.wholesaler import (
    KALIDONI,
    MATARAM,
    Wholesaler,
    cover,
    offer,
    rinjani_pangan,
    sinar_musi,
)
from tests.world import admin

TABLES = (
    "supplierorder",
    "supplierorderline",
    "supplierorderevent",
    "shipment",
    "shipmentline",
    "supplierinvoice",
    "supplierinvoiceline",
)


class World:
    """Kalidoni ordered rice of Sinar Musi, Lombok of Rinjani Pangan; Sinar Musi delivered a part and billed it."""

    def __init__(self, kalidoni: Region, lombok: Region) -> None:
        self.kalidoni, self.lombok = kalidoni, lombok
        with on_platform():
            cover(kalidoni, KALIDONI)
            cover(lombok, MATARAM)
            self.musi, self.rinjani = sinar_musi(), rinjani_pangan()
        self.order = self._order(kalidoni, self.musi, "BR-50")
        self.other = self._order(lombok, self.rinjani, "BR-25")
        self._ship_and_bill(self.order, self.musi)

    def _order(self, region: Region, seller: Wholesaler, sku: str) -> SupplierOrder:
        wanted = seller.offers[sku]
        with in_region(region), transaction.atomic():
            one = save_numbered(
                SupplierOrder(
                    region=region,
                    supplier=seller.organisation,
                    key=uuid.uuid4(),
                    buyer=f"Satker {region.name}",
                    wanted_on=clock.today() + timedelta(days=2),
                    goods=1_200_000,
                    sent_at=clock.now(),
                    moved_at=clock.now(),
                )
            )
            SupplierOrderLine.objects.create(
                order=one,
                position=1,
                offer=wanted.public_id,
                version=wanted.version.public_id,
                sku=sku,
                name=wanted.version.name,
                pack_label=wanted.pack.label,
                base_unit=wanted.version.base_unit,
                base_quantity=wanted.pack.base_quantity,
                tax="none",
                packs=2,
                price=600_000,
            )
            SupplierOrderEvent.objects.create(
                order=one, region=region, move="send", after=OrderState.SENT, side="region", by=BY, at=clock.now()
            )
        return one

    def _ship_and_bill(self, order: SupplierOrder, seller: Wholesaler) -> None:
        with for_supplier(seller.organisation.db_role), transaction.atomic():
            own = SupplierOrder.objects.get(pk=order.pk)
            line = own.lines.get()
            line.packs_confirmed, line.packs_shipped = 2, 1
            line.save(update_fields=["packs_confirmed", "packs_shipped"])
            shipment = own.shipments.create(number=1, key=uuid.uuid4(), shipped_on=clock.today(), by=BY, at=clock.now())
            shipment.lines.create(line=line, packs=1)
            invoice = own.invoices.create(
                number="F-1", issued_on=clock.today(), goods=600_000, by=BY, at=clock.now(), moved_at=clock.now()
            )
            invoice.lines.create(line=line, packs=1, price=600_000)


@pytest.fixture
def world(kalidoni: Region, lombok: Region) -> World:
    return World(kalidoni, lombok)


def rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM public.exchange_{table}")
        return int(cursor.fetchone()[0])


def refused(act: Callable[[], Any], why: str) -> None:
    """The database says no; whatever it said no to is rolled back."""
    with pytest.raises(Exception, match=why), transaction.atomic():
        act()


def sql(statement: str, *params: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)


def test_a_region_reads_its_own_orders_alone(world: World) -> None:
    with in_region(world.kalidoni):
        assert [rows(table) for table in TABLES] == [1, 1, 1, 1, 1, 1, 1]
        assert list(SupplierOrder.objects.values_list("number", flat=True)) == [world.order.number]
    with in_region(world.lombok):
        assert [rows(table) for table in TABLES] == [1, 1, 1, 0, 0, 0, 0]
        assert not SupplierOrder.objects.filter(pk=world.order.pk).exists()


def test_a_supplier_reads_what_is_addressed_to_it_alone(world: World) -> None:
    with for_supplier(world.musi.organisation.db_role):
        assert [rows(table) for table in TABLES] == [1, 1, 1, 1, 1, 1, 1]
    with for_supplier(world.rinjani.organisation.db_role):
        assert [rows(table) for table in TABLES] == [1, 1, 1, 0, 0, 0, 0]
        assert not SupplierOrder.objects.filter(pk=world.order.pk).exists()
    with on_platform():
        # The platform's own code sees that something happened, and no order.
        assert [rows(table) for table in TABLES] == [0, 0, 2, 0, 0, 0, 0]


def test_a_supplier_reads_nothing_else(world: World) -> None:
    with for_supplier(world.musi.organisation.db_role):
        for table in ("public.identity_user", "public.tenants_region", f"{world.kalidoni.schema_name}.identity_user"):
            refused(partial(sql, f"SELECT * FROM {table}"), "permission denied")
        refused(lambda: sql("SELECT nib FROM public.supplier_catalog_supplierorganisation"), "permission denied")


def test_neither_side_writes_for_the_other(world: World) -> None:
    order = world.order.pk
    with in_region(world.kalidoni):
        for statement in (
            "UPDATE public.exchange_supplierorderline SET packs_confirmed = 1",
            "UPDATE public.exchange_supplierorderline SET price = 1",
            "UPDATE public.exchange_supplierorder SET promised_on = now()",
            "DELETE FROM public.exchange_supplierorder",
            "INSERT INTO public.exchange_shipment (order_id) VALUES (1)",
        ):
            refused(partial(sql, statement), "permission denied")
        refused(
            lambda: SupplierOrderEvent.objects.create(
                order_id=order,
                region=world.kalidoni,
                move="confirm",
                after="confirmed",
                side="supplier",
                by=BY,
                at=clock.now(),
            ),
            "row-level security",
        )
    with for_supplier(world.musi.organisation.db_role):
        for statement in (
            "UPDATE public.exchange_supplierorderline SET packs_received = 1",
            "UPDATE public.exchange_supplierorderline SET packs = 9",
            "UPDATE public.exchange_supplierorder SET goods = 1",
            "INSERT INTO public.exchange_supplierorder (goods) VALUES (1)",
        ):
            refused(partial(sql, statement), "permission denied")


def test_a_region_orders_in_its_own_name_alone(world: World) -> None:
    def in_lomboks_name() -> None:
        SupplierOrder.objects.create(
            number="234678",
            region_id=world.lombok.pk,
            supplier_id=world.musi.organisation.pk,
            key=uuid.uuid4(),
            buyer="x",
            wanted_on=clock.today(),
            goods=1,
            sent_at=clock.now(),
            moved_at=clock.now(),
        )

    with in_region(world.kalidoni):
        refused(in_lomboks_name, "row-level security")
        # Another's rows are not there to be changed.
        assert sql("UPDATE public.exchange_supplierorder SET state = 'cancelled' WHERE id = %s", world.other.pk) == 0
        assert sql("UPDATE public.exchange_supplierorder SET state = state") == 1


def test_prices_for_other_places_are_not_there(world: World) -> None:
    with on_platform():
        musi = world.musi.organisation
        for_lombok = offer(musi, "BR-50", "", pack=("karung", 50_000), price=555_000, region=world.lombok)
        elsewhere = offer(musi, "BR-50", "", pack=("karung", 50_000), price=666_000, area="31.71")
    with in_region(world.kalidoni):
        seen = set(Offer.objects.values_list("pk", flat=True))
        assert seen == {one.pk for one in world.musi.offers.values()}
        assert not OfferTier.objects.filter(offer__in=[for_lombok.pk, elsewhere.pk]).exists()
        assert rows_of("public.supplier_catalog_offertier") == 4
    with in_region(world.lombok):
        assert set(Offer.objects.values_list("pk", flat=True)) == {for_lombok.pk, world.rinjani.offers["BR-25"].pk}


def rows_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def test_who_is_not_verified_sells_nothing(world: World) -> None:
    with on_platform():
        SupplierOrganisation.objects.filter(pk=world.musi.organisation.pk).update(state="registered")
    with in_region(world.kalidoni):
        assert not Offer.objects.exists()
        assert list(SupplierOrganisation.objects.values_list("name", flat=True)) == ["Rinjani Pangan"]


def test_a_region_adds_to_the_platforms_outbox_what_is_for_suppliers_and_reads_none(world: World) -> None:
    insert = (
        "INSERT INTO public.outbox_outboxmessage (kind, payload, dedupe, state, attempts, due_at, created_at, last_error)"
        " VALUES (%s, '{}', %s, 'waiting', 0, now(), now(), '') ON CONFLICT DO NOTHING"
    )
    with in_region(world.kalidoni):
        assert sql(insert, "exchange.order", "a") == 1
        assert sql(insert, "exchange.order", "a") == 0
        refused(lambda: sql(insert, "mail", "b"), "row-level security")
        refused(lambda: sql("SELECT * FROM public.outbox_outboxmessage"), "permission denied")


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_policy_is_seen(committed: None, world: World, table: str) -> None:
    """What the tests above would find if somebody switched the fence of one table off."""
    with admin() as cursor:
        cursor.execute(f"ALTER TABLE public.exchange_{table} DISABLE ROW LEVEL SECURITY")
    try:
        with in_region(world.lombok):
            seen = rows(table)
        with for_supplier(world.rinjani.organisation.db_role):
            found = rows(table)
        with admin() as cursor:
            cursor.execute(f"SELECT count(*) FROM public.exchange_{table}")
            everything = cursor.fetchone()
    finally:
        with admin() as cursor:
            cursor.execute(f"ALTER TABLE public.exchange_{table} ENABLE ROW LEVEL SECURITY")
    assert (seen,) == (found,) == everything
    with in_region(world.lombok):
        assert rows(table) < seen
