"""What columns alone cannot say: which moves are whose, and that what was agreed or counted is not taken back.

The services keep to all of this; here it holds for whatever a side's role is made to run.
"""

from django.db import migrations

ORDER, LINE, INVOICE = (f"public.exchange_{name}" for name in ("supplierorder", "supplierorderline", "supplierinvoice"))

MOVES = """
CREATE FUNCTION exchange_moves_of_each_side() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    step text := OLD.state || '>' || NEW.state;
BEGIN
    IF NEW.state = OLD.state
        OR (current_user LIKE 't\\_%' AND step IN ('changed>confirmed', 'sent>cancelled', 'changed>cancelled',
            'confirmed>cancelled', 'confirmed>shipped', 'shipped>received', 'received>invoiced', 'invoiced>paid'))
        OR (current_user LIKE 's\\_%' AND step IN ('sent>confirmed', 'sent>changed', 'sent>refused', 'changed>refused',
            'confirmed>shipped', 'received>invoiced'))
        OR current_user NOT SIMILAR TO '(t|s)\\_%'
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an order does not go from % to % by this side', OLD.state, NEW.state
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
BEGINS = """
CREATE FUNCTION exchange_line_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user LIKE 't\\_%' AND (
        NEW.packs_confirmed IS NOT NULL OR NEW.price_confirmed IS NOT NULL
        OR NEW.packs_shipped + NEW.packs_received + NEW.packs_rejected > 0
        OR NOT EXISTS (SELECT FROM public.exchange_supplierorder o WHERE o.id = NEW.order_id AND o.state = 'sent')
    ) THEN
        RAISE EXCEPTION 'a line begins with what is ordered alone' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
COUNTS = """
CREATE FUNCTION exchange_line_counts_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.packs_shipped < OLD.packs_shipped OR NEW.packs_received < OLD.packs_received
        OR NEW.packs_rejected < OLD.packs_rejected
    THEN
        RAISE EXCEPTION 'what was counted is not taken back' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.packs_confirmed, NEW.price_confirmed) IS DISTINCT FROM (OLD.packs_confirmed, OLD.price_confirmed)
        AND NOT EXISTS (SELECT FROM public.exchange_supplierorder o WHERE o.id = NEW.order_id AND o.state = 'sent')
    THEN
        RAISE EXCEPTION 'an order is answered once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF current_user LIKE 't\\_%' AND NEW.packs_shipped <> OLD.packs_shipped
        AND NEW.packs_shipped <> NEW.packs_received + NEW.packs_rejected
    THEN
        RAISE EXCEPTION 'a region notes as shipped what it counted alone'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
PAID = """
CREATE FUNCTION exchange_invoice_stays_paid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'paid' AND NEW.state <> 'paid' THEN
        RAISE EXCEPTION 'what was paid stays paid' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

STATEMENTS = [
    (MOVES, "DROP FUNCTION exchange_moves_of_each_side()"),
    (
        f"CREATE TRIGGER whose_move BEFORE UPDATE OF state ON {ORDER}"
        " FOR EACH ROW EXECUTE FUNCTION public.exchange_moves_of_each_side()",
        f"DROP TRIGGER whose_move ON {ORDER}",
    ),
    (
        f"CREATE POLICY begins ON {ORDER} AS RESTRICTIVE FOR INSERT TO warsa_region WITH CHECK (state = 'sent')",
        f"DROP POLICY begins ON {ORDER}",
    ),
    (BEGINS, "DROP FUNCTION exchange_line_begins()"),
    (
        f"CREATE TRIGGER begins BEFORE INSERT ON {LINE} FOR EACH ROW EXECUTE FUNCTION public.exchange_line_begins()",
        f"DROP TRIGGER begins ON {LINE}",
    ),
    (COUNTS, "DROP FUNCTION exchange_line_counts_up()"),
    (
        f"CREATE TRIGGER counts_up BEFORE UPDATE ON {LINE}"
        " FOR EACH ROW EXECUTE FUNCTION public.exchange_line_counts_up()",
        f"DROP TRIGGER counts_up ON {LINE}",
    ),
    # Goods that stand at the door have left, whether or not the supplier said so.
    (
        f"GRANT UPDATE (packs_shipped) ON {LINE} TO warsa_region",
        f"REVOKE UPDATE (packs_shipped) ON {LINE} FROM warsa_region",
    ),
    # A bill is the supplier's until it is handed in; what becomes of it is the region's.
    (
        f"REVOKE UPDATE (state, moved_at) ON {INVOICE} FROM warsa_supplier",
        f"GRANT UPDATE (state, moved_at) ON {INVOICE} TO warsa_supplier",
    ),
    (
        f"CREATE POLICY begins ON {INVOICE} AS RESTRICTIVE FOR INSERT TO warsa_supplier WITH CHECK (state = 'submitted')",
        f"DROP POLICY begins ON {INVOICE}",
    ),
    (PAID, "DROP FUNCTION exchange_invoice_stays_paid()"),
    (
        f"CREATE TRIGGER stays_paid BEFORE UPDATE OF state ON {INVOICE}"
        " FOR EACH ROW EXECUTE FUNCTION public.exchange_invoice_stays_paid()",
        f"DROP TRIGGER stays_paid ON {INVOICE}",
    ),
]


class Migration(migrations.Migration):

    dependencies = [("exchange", "0003_steps_by_key")]

    operations = [migrations.RunSQL([forth], [back]) for forth, back in STATEMENTS]
