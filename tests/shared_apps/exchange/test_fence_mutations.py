"""Each policy, each grant and each trigger of the exchange holds something: without any one of them, or with one column more, the look
at the fence below is no longer clean.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import Error, connection, transaction

from tenants.context import for_supplier, in_region, on_platform
from tenants.models import Region
from tests.shared_apps.exchange.test_row_security import TABLES, World
from tests.world import admin

NAMES = tuple(f"exchange_{table}" for table in TABLES)
# Everything that each side may write, column by column; and that it may read all of it.
REGION_WRITES = {
    "exchange_supplierorder": {"state", "moved_at"},
    "exchange_supplierorderline": {"packs_received", "packs_rejected", "packs_shipped"},
    "exchange_supplierorderevent": {"told_at"},
    "exchange_supplierinvoice": {"state", "reason", "moved_at"},
}
REGION_INSERTS = {"exchange_supplierorder", "exchange_supplierorderline", "exchange_supplierorderevent"}
SUPPLIER_WRITES = {
    "exchange_supplierorder": {"state", "moved_at", "promised_on", "supplier_note"},
    "exchange_supplierorderline": {"packs_confirmed", "price_confirmed", "packs_shipped"},
}
SUPPLIER_INSERTS = {
    "exchange_supplierorderevent",
    "exchange_shipment",
    "exchange_shipmentline",
    "exchange_supplierinvoice",
    "exchange_supplierinvoiceline",
}
RIGHTS = """
SELECT c.relname, a.attname, has_column_privilege(c.oid, a.attnum, 'UPDATE'), has_column_privilege(c.oid, a.attnum, 'INSERT'),
    has_column_privilege(c.oid, a.attnum, 'SELECT'), has_table_privilege(c.oid, 'DELETE')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY(%s) AND a.attnum > 0 AND NOT a.attisdropped
"""
NEW_ORDER = (
    "INSERT INTO public.exchange_supplierorder (public_id, number, region_id, supplier_id, key, state, cycle, buyer, buyer_address,"
    " buyer_phone, wanted_on, note, supplier_note, goods, tax, freight, sent_at, moved_at) VALUES (gen_random_uuid(), 'ZZZZZZ',"
    " {region}, {supplier}, gen_random_uuid(), '{state}', '', 'x', '', '', now(), '', '', 1, 0, 0, now(), now())"
)
NEW_LINE = (
    "INSERT INTO public.exchange_supplierorderline (order_id, position, offer, version, sku, name, pack_label, base_unit,"
    " base_quantity, barcode, tax, catch_weight, packs, price, packs_confirmed, packs_shipped, packs_received, packs_rejected)"
    " VALUES ({order}, 9, gen_random_uuid(), gen_random_uuid(), 'x', 'x', 'x', 'g', 1, '', 'none', false, 2, 1, {confirmed}, 0, 0, 0)"
)
NEW_EVENT = (
    "INSERT INTO public.exchange_supplierorderevent (order_id, region_id, move, before, after, side, by, reason, at)"
    " VALUES ({order}, {region}, 'x', '', 'sent', '{side}', 'x', '', now())"
)
NEW_SHIPMENT = (
    "INSERT INTO public.exchange_shipment (order_id, number, key, shipped_on, reference, note, by, at)"
    " VALUES ({order}, 8, gen_random_uuid(), now(), '', '', 'x', now())"
)
NEW_INVOICE = (
    "INSERT INTO public.exchange_supplierinvoice (public_id, order_id, number, issued_on, goods, tax, freight, state, reason, by, at,"
    " moved_at) VALUES (gen_random_uuid(), {order}, 'X-9', now(), 1, 0, 0, '{state}', '', 'x', now(), now())"
)


class Fence:
    """Looks at everything that should be open, and everything that should be closed, and tells what is not as it should be."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.mine = {
            "order": world.order.pk,
            "region": world.kalidoni.pk,
            "supplier": world.musi.organisation.pk,
        }
        self.theirs = {"order": world.other.pk, "region": world.lombok.pk, "supplier": world.rinjani.organisation.pk}

    def look(self) -> list[str]:
        wrong: list[str] = []
        world = self.world
        with in_region(world.kalidoni):
            wrong += self._seen("kalidoni", [1, 1, 1, 2, 1, 2, 1])
            wrong += self._rights("region", REGION_WRITES, REGION_INSERTS)
            wrong += self._tried("region", self._region_may(), self._region_may_not())
        with in_region(world.lombok):
            wrong += self._seen("lombok", [1, 1, 1, 0, 0, 0, 0])
        with for_supplier(world.musi.organisation.db_role):
            wrong += self._seen("musi", [1, 1, 1, 2, 1, 2, 1])
            wrong += self._rights("supplier", SUPPLIER_WRITES, SUPPLIER_INSERTS)
            wrong += self._tried("supplier", self._supplier_may(), self._supplier_may_not())
        with for_supplier(world.rinjani.organisation.db_role):
            wrong += self._seen("rinjani", [1, 1, 1, 0, 0, 0, 0])
        with on_platform():
            wrong += self._seen("platform", [0, 0, 2, 0, 0, 0, 0])
        return wrong + self._never_changed()

    def _seen(self, who: str, hoped: list[int]) -> list[str]:
        found = [self._count(name) for name in NAMES]
        return [] if found == hoped else [f"{who} sees {found}"]

    def _count(self, name: str) -> int:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM public.{name}")
                return int(cursor.fetchone()[0])
        except Error:
            return -1

    def _rights(self, who: str, writes: dict[str, set[str]], inserts: set[str]) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(RIGHTS, [list(NAMES)])
            rows = cursor.fetchall()
        wrong = [
            f"{who} on {table}.{column}: {update}, {insert}, {select}"
            for table, column, update, insert, select, _delete in rows
            if (update, insert, select) != (column in writes.get(table, ()), table in inserts, True)
        ]
        return wrong + [f"{who} deletes from {table}" for table, *_rest, delete in rows if delete]

    def _tried(self, who: str, may: list[str], may_not: list[str]) -> list[str]:
        return [f"{who} cannot: {one}" for one in may if not self._goes(one)] + [
            f"{who} can: {one}" for one in may_not if self._goes(one)
        ]

    def _goes(self, statement: str) -> bool:
        """Whether the database does it, to at least a row where it changes one; nothing of it stays."""
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
                done = bool(cursor.rowcount > 0)
                transaction.set_rollback(True)
                return done
        except Error:
            return False

    def _region_may(self) -> list[str]:
        return [
            NEW_ORDER.format(**self.mine, state="sent"),
            NEW_LINE.format(**self.mine, confirmed="NULL"),
            NEW_EVENT.format(**self.mine, side="region"),
            "UPDATE public.exchange_supplierorder SET state = 'cancelled'",
            "UPDATE public.exchange_supplierorderline SET packs_received = 1",
            "UPDATE public.exchange_supplierorderline SET packs_received = 2, packs_shipped = 2",
            "UPDATE public.exchange_supplierorderevent SET told_at = now()",
            "UPDATE public.exchange_supplierinvoice SET state = 'matched' WHERE number = 'F-1'",
        ]

    def _region_may_not(self) -> list[str]:
        return [
            NEW_ORDER.format(**{**self.mine, "region": self.theirs["region"]}, state="sent"),
            NEW_ORDER.format(**{**self.mine, "supplier": 0}, state="sent"),
            NEW_ORDER.format(**self.mine, state="confirmed"),
            NEW_LINE.format(**self.mine, confirmed="2"),
            NEW_LINE.format(**self.theirs, confirmed="NULL"),
            NEW_EVENT.format(**self.mine, side="supplier"),
            NEW_EVENT.format(**self.theirs, side="region"),
            "UPDATE public.exchange_supplierorder SET state = 'confirmed'",
            "UPDATE public.exchange_supplierorderline SET packs_shipped = 2",
            "UPDATE public.exchange_supplierorderline SET packs_shipped = 0",
        ]

    def _supplier_may(self) -> list[str]:
        return [
            NEW_EVENT.format(**self.mine, side="supplier"),
            NEW_SHIPMENT.format(**self.mine),
            NEW_INVOICE.format(**self.mine, state="submitted"),
            "INSERT INTO public.exchange_shipmentline (shipment_id, line_id, packs) SELECT s.id, l.id, 1"
            " FROM public.exchange_shipment s, public.exchange_supplierorderline l WHERE s.number = 2",
            "INSERT INTO public.exchange_supplierinvoiceline (invoice_id, line_id, packs, price) SELECT i.id, l.id, 1, 1"
            " FROM public.exchange_supplierinvoice i, public.exchange_supplierorderline l WHERE i.number = 'F-2'",
            "UPDATE public.exchange_supplierorder SET state = 'confirmed'",
            "UPDATE public.exchange_supplierorderline SET packs_shipped = 2",
        ]

    def _supplier_may_not(self) -> list[str]:
        return [
            NEW_EVENT.format(**self.mine, side="region"),
            NEW_EVENT.format(**self.theirs, side="supplier"),
            NEW_SHIPMENT.format(**self.theirs),
            NEW_INVOICE.format(**self.mine, state="paid"),
            NEW_INVOICE.format(**self.theirs, state="submitted"),
            "UPDATE public.exchange_supplierorder SET state = 'cancelled'",
            "UPDATE public.exchange_supplierorder SET state = 'paid'",
            "UPDATE public.exchange_supplierorderline SET packs_shipped = 0",
        ]

    def _never_changed(self) -> list[str]:
        """What not even the database's superuser does by mistake."""
        wrong = []
        for statement in (
            "UPDATE public.exchange_shipment SET note = 'x'",
            "UPDATE public.exchange_shipmentline SET packs = 9",
            "UPDATE public.exchange_supplierinvoiceline SET price = 9",
            "UPDATE public.exchange_supplierorderevent SET reason = 'x'",
            "DELETE FROM public.exchange_supplierorderevent",
            "UPDATE public.exchange_supplierorderline SET packs_received = packs_received - 1",
            "UPDATE public.exchange_supplierinvoice SET state = 'submitted' WHERE number = 'F-2'",
        ):
            with admin(autocommit=False) as cursor:
                try:
                    cursor.execute(statement)
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    wrong.append(f"anybody can: {statement}")
                except psycopg.Error:
                    pass
                finally:
                    cursor.connection.rollback()
        return wrong


def breaks() -> Iterator[tuple[str, str, str]]:
    """What is done to the fence, how, and how it is mended."""
    with admin() as cursor:
        cursor.execute(
            "SELECT tablename, policyname, permissive, array_to_string(roles, ', '), cmd, qual, with_check FROM pg_policies"
            " WHERE schemaname = 'public' AND tablename = ANY(%s)",
            [list(NAMES)],
        )
        policies = cursor.fetchall()
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND c.relname = ANY(%s)",
            [list(NAMES)],
        )
        triggers = cursor.fetchall()
    for table, name, kind, roles, command, using, check in policies:
        yield (
            f"without the policy {name} of {table}",
            f"DROP POLICY {name} ON public.{table}",
            f"CREATE POLICY {name} ON public.{table} AS {kind} FOR {command} TO {roles}"
            + (f" USING ({using})" if using else "")
            + (f" WITH CHECK ({check})" if check else ""),
        )
    for table, name in triggers:
        yield (
            f"without the trigger {name} of {table}",
            f"ALTER TABLE public.{table} DISABLE TRIGGER {name}",
            f"ALTER TABLE public.{table} ENABLE TRIGGER {name}",
        )
    for role, writes, inserts in (
        ("warsa_region", REGION_WRITES, REGION_INSERTS),
        ("warsa_supplier", SUPPLIER_WRITES, SUPPLIER_INSERTS),
    ):
        rights = [(table, f"UPDATE ({column})") for table, columns in writes.items() for column in sorted(columns)]
        rights += [(table, "INSERT") for table in sorted(inserts)] + [(table, "SELECT") for table in NAMES]
        for table, right in rights:
            yield (
                f"{role} without {right} on {table}",
                f"REVOKE {right} ON public.{table} FROM {role}",
                f"GRANT {right} ON public.{table} TO {role}",
            )
        for table, column in (("exchange_supplierorder", "goods"), ("exchange_supplierorderline", "price")):
            yield (
                f"{role} with {table}.{column}",
                f"GRANT UPDATE ({column}) ON public.{table} TO {role}",
                f"REVOKE UPDATE ({column}) ON public.{table} FROM {role}",
            )


@contextmanager
def broken(breaking: str, mending: str) -> Iterator[None]:
    with admin() as cursor:
        cursor.execute(breaking)
    try:
        yield
    finally:
        with admin() as cursor:
            cursor.execute(mending)


def test_every_part_of_the_fence_holds_something(committed: None, kalidoni: Region, lombok: Region) -> None:
    world = World(kalidoni, lombok)
    with admin() as cursor:
        # So that each trigger has something to hold: goods that came, and a bill that was paid.
        cursor.execute("UPDATE public.exchange_supplierorderline SET packs_received = 1 WHERE packs_shipped = 1")
        cursor.execute(NEW_SHIPMENT.format(order=world.order.pk).replace(", 8, ", ", 2, "))
        cursor.execute(NEW_INVOICE.format(order=world.order.pk, state="paid").replace("X-9", "F-2"))
    fence = Fence(world)
    assert fence.look() == []
    idle = []
    tried = 0
    for what, breaking, mending in list(breaks()):
        tried += 1
        with broken(breaking, mending):
            if not fence.look():
                idle.append(what)
    assert fence.look() == []
    print(f"{tried} parts of the fence were taken away")
    assert idle == []
    assert tried > 60
