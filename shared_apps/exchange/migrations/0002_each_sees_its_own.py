"""Row-level security of the exchange: a region by its role, a supplier by its own, and the platform none of the orders.

What each may change is said column by column: a region cannot confirm in the supplier's name, nor the supplier receive.
"""

from django.db import migrations

REGION = "(SELECT id FROM public.tenants_region WHERE schema_name = current_user::text)"
SUPPLIER = "(SELECT id FROM public.supplier_catalog_supplierorganisation WHERE db_role = current_user::text)"
ORDER, LINE, EVENT, SHIPMENT, SHIPPED, INVOICE, INVOICED = (
    f"public.exchange_{name}"
    for name in (
        "supplierorder",
        "supplierorderline",
        "supplierorderevent",
        "shipment",
        "shipmentline",
        "supplierinvoice",
        "supplierinvoiceline",
    )
)
# Through the order, whose own policy decides.
OF_ORDER = f"EXISTS (SELECT FROM {ORDER} o WHERE o.id = order_id)"
OF_SHIPMENT = f"EXISTS (SELECT FROM {SHIPMENT} s WHERE s.id = shipment_id)"
OF_INVOICE = f"EXISTS (SELECT FROM {INVOICE} i WHERE i.id = invoice_id)"
SEEN = {LINE: OF_ORDER, EVENT: OF_ORDER, SHIPMENT: OF_ORDER, SHIPPED: OF_SHIPMENT, INVOICE: OF_ORDER, INVOICED: OF_INVOICE}

GRANTS = [
    (ORDER, "warsa_region", "SELECT, INSERT, UPDATE (state, moved_at)"),
    (LINE, "warsa_region", "SELECT, INSERT, UPDATE (packs_received, packs_rejected)"),
    (EVENT, "warsa_region", "SELECT, INSERT, UPDATE (told_at)"),
    (SHIPMENT, "warsa_region", "SELECT"),
    (SHIPPED, "warsa_region", "SELECT"),
    (INVOICE, "warsa_region", "SELECT, UPDATE (state, reason, moved_at)"),
    (INVOICED, "warsa_region", "SELECT"),
    (ORDER, "warsa_supplier", "SELECT, UPDATE (state, moved_at, promised_on, supplier_note)"),
    (LINE, "warsa_supplier", "SELECT, UPDATE (packs_confirmed, price_confirmed, packs_shipped)"),
    (EVENT, "warsa_supplier", "SELECT, INSERT"),
    (SHIPMENT, "warsa_supplier", "SELECT, INSERT"),
    (SHIPPED, "warsa_supplier", "SELECT, INSERT"),
    (INVOICE, "warsa_supplier", "SELECT, INSERT, UPDATE (state, moved_at)"),
    (INVOICED, "warsa_supplier", "SELECT, INSERT"),
]

REFUSE = """
CREATE FUNCTION exchange_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never changed', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
ONLY_TOLD = """
CREATE FUNCTION exchange_event_only_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.told_at := OLD.told_at;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a step of an order is never changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""

STATEMENTS = [(f"ALTER TABLE {t} ENABLE ROW LEVEL SECURITY", f"ALTER TABLE {t} DISABLE ROW LEVEL SECURITY") for t in (ORDER, *SEEN)]
STATEMENTS += [(f"GRANT {what} ON {table} TO {role}", f"REVOKE ALL ON {table} FROM {role}") for table, role, what in GRANTS]
STATEMENTS += [
    # A region's orders are its own, and only a supplier that sells gets new ones: its row is not there to be named otherwise.
    (
        f"CREATE POLICY own ON {ORDER} TO warsa_region USING (region_id = {REGION})"
        f" WITH CHECK (region_id = {REGION} AND EXISTS"
        " (SELECT FROM public.supplier_catalog_supplierorganisation s WHERE s.id = supplier_id))",
        f"DROP POLICY own ON {ORDER}",
    ),
    (
        f"CREATE POLICY addressed ON {ORDER} TO warsa_supplier USING (supplier_id = {SUPPLIER})",
        f"DROP POLICY addressed ON {ORDER}",
    ),
    # The platform learns which regions are to be told of a step, and nothing of the orders themselves.
    (f"CREATE POLICY platform ON {EVENT} TO warsa_platform USING (true)", f"DROP POLICY platform ON {EVENT}"),
    (
        f"CREATE POLICY in_its_name ON {EVENT} AS RESTRICTIVE FOR INSERT TO warsa_region WITH CHECK (side = 'region')",
        f"DROP POLICY in_its_name ON {EVENT}",
    ),
    (
        f"CREATE POLICY in_its_own_name ON {EVENT} AS RESTRICTIVE FOR INSERT TO warsa_supplier"
        " WITH CHECK (side = 'supplier')",
        f"DROP POLICY in_its_own_name ON {EVENT}",
    ),
    # What leaves for a supplier goes by the platform's outbox: a region adds to it, and reads nothing there.
    (
        "GRANT INSERT ON public.outbox_outboxmessage TO warsa_region",
        "REVOKE ALL ON public.outbox_outboxmessage FROM warsa_region",
    ),
    (
        "ALTER TABLE public.outbox_outboxmessage ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE public.outbox_outboxmessage DISABLE ROW LEVEL SECURITY",
    ),
    (
        "CREATE POLICY platform ON public.outbox_outboxmessage TO warsa_platform USING (true)",
        "DROP POLICY platform ON public.outbox_outboxmessage",
    ),
    (
        "CREATE POLICY to_suppliers ON public.outbox_outboxmessage FOR INSERT TO warsa_region"
        " WITH CHECK (kind LIKE 'exchange.%')",
        "DROP POLICY to_suppliers ON public.outbox_outboxmessage",
    ),
]
for table, seen in SEEN.items():
    STATEMENTS += [
        (f"CREATE POLICY own ON {table} TO warsa_region USING ({seen})", f"DROP POLICY own ON {table}"),
        (f"CREATE POLICY addressed ON {table} TO warsa_supplier USING ({seen})", f"DROP POLICY addressed ON {table}"),
    ]
STATEMENTS.append((REFUSE, "DROP FUNCTION exchange_refuse_rewrite()"))
for table in (SHIPMENT, SHIPPED, INVOICED):
    STATEMENTS.append(
        (
            f"CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION public.exchange_refuse_rewrite()",
            f"DROP TRIGGER never_changed ON {table}",
        )
    )
STATEMENTS += [
    (ONLY_TOLD, "DROP FUNCTION exchange_event_only_told()"),
    (
        f"CREATE TRIGGER only_told AFTER UPDATE ON {EVENT}"
        " FOR EACH ROW EXECUTE FUNCTION public.exchange_event_only_told()",
        f"DROP TRIGGER only_told ON {EVENT}",
    ),
    (
        f"CREATE TRIGGER never_deleted BEFORE DELETE ON {EVENT}"
        " FOR EACH ROW EXECUTE FUNCTION public.exchange_refuse_rewrite()",
        f"DROP TRIGGER never_deleted ON {EVENT}",
    ),
]


class Migration(migrations.Migration):

    dependencies = [
        ("exchange", "0001_initial"),
        ("outbox", "0001_initial"),
        ("supplier_catalog", "0003_regions_see_what_covers_them"),
    ]

    operations = [migrations.RunSQL([forth], [back]) for forth, back in STATEMENTS]
