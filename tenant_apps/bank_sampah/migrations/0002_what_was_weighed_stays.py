from django.db import migrations

# The function names no table, so it reads the same under any search path.
REFUSE = """
CREATE FUNCTION bank_sampah_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'prices, terms, slips, movements of lots and histories of the waste bank are never rewritten'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
# Adds what was inserted to the lots, whoever inserts it; lots are locked in the order of their ids, as the services do it.
KEEP = """
CREATE FUNCTION bank_sampah_keep_lots() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'SELECT id FROM %I.bank_sampah_lot WHERE id IN (SELECT lot_id FROM fresh) ORDER BY id FOR NO KEY UPDATE',
        TG_TABLE_SCHEMA);
    EXECUTE format(
        'UPDATE %I.bank_sampah_lot AS lot SET on_hand = lot.on_hand + sums.quantity, cost = lot.cost + sums.cost'
        ' FROM (SELECT lot_id, sum(quantity) AS quantity, sum(cost) AS cost FROM fresh GROUP BY lot_id) AS sums'
        ' WHERE lot.id = sums.lot_id', TG_TABLE_SCHEMA);
    RETURN NULL;
END $$
"""
GUARD = """
CREATE FUNCTION bank_sampah_guard_lot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'what is in a lot follows its movements alone'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
# A slip says what it said; that it was taken back is written on it once.
SLIP = """
CREATE FUNCTION bank_sampah_guard_slip() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'saved'
       OR (to_jsonb(NEW) - ARRAY['state', 'reversed_at', 'reversed_by', 'reason'])
          IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['state', 'reversed_at', 'reversed_by', 'reason']) THEN
        RAISE EXCEPTION 'a slip is never rewritten: take it back, and write it anew'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

WRITTEN_ONCE = (
    "bank_sampah_wasteprice",
    "bank_sampah_bankterms",
    "bank_sampah_memberevent",
    "bank_sampah_lotmovement",
    "bank_sampah_depositline",
    "bank_sampah_withdrawalevent",
    "bank_sampah_work",
    "bank_sampah_wastesaleline",
    "bank_sampah_wastesaleshare",
)
NEVER_EMPTIED = (*WRITTEN_ONCE, "bank_sampah_deposit", "bank_sampah_lot")


def each(tables: tuple[str, ...], sql: str) -> list[str]:
    return [sql.format(table=table) for table in tables]


class Migration(migrations.Migration):
    dependencies = [("bank_sampah", "0001_savings_from_waste")]

    operations = [
        migrations.RunSQL([REFUSE], ["DROP FUNCTION bank_sampah_refuse_rewrite()"]),
        migrations.RunSQL([KEEP], ["DROP FUNCTION bank_sampah_keep_lots()"]),
        migrations.RunSQL([GUARD], ["DROP FUNCTION bank_sampah_guard_lot()"]),
        migrations.RunSQL([SLIP], ["DROP FUNCTION bank_sampah_guard_slip()"]),
        migrations.RunSQL(
            each(
                WRITTEN_ONCE,
                "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION bank_sampah_refuse_rewrite()",
            ),
            each(WRITTEN_ONCE, "DROP TRIGGER append_only ON {table}"),
        ),
        migrations.RunSQL(
            each(
                NEVER_EMPTIED,
                "CREATE TRIGGER not_emptied BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION bank_sampah_refuse_rewrite()",
            ),
            each(NEVER_EMPTIED, "DROP TRIGGER not_emptied ON {table}"),
        ),
        migrations.RunSQL(
            [
                "CREATE TRIGGER keeps_lots AFTER INSERT ON bank_sampah_lotmovement"
                " REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION bank_sampah_keep_lots()",
                "CREATE TRIGGER guarded BEFORE UPDATE ON bank_sampah_lot FOR EACH ROW"
                " WHEN (OLD IS DISTINCT FROM NEW) EXECUTE FUNCTION bank_sampah_guard_lot()",
                "CREATE TRIGGER opens_empty BEFORE INSERT ON bank_sampah_lot FOR EACH ROW"
                " WHEN (NEW.on_hand <> 0 OR NEW.cost <> 0) EXECUTE FUNCTION bank_sampah_guard_lot()",
                "CREATE TRIGGER guarded BEFORE UPDATE ON bank_sampah_deposit FOR EACH ROW"
                " WHEN (OLD IS DISTINCT FROM NEW) EXECUTE FUNCTION bank_sampah_guard_slip()",
                "CREATE TRIGGER append_only BEFORE DELETE ON bank_sampah_deposit"
                " FOR EACH ROW EXECUTE FUNCTION bank_sampah_refuse_rewrite()",
            ],
            [
                "DROP TRIGGER keeps_lots ON bank_sampah_lotmovement",
                "DROP TRIGGER guarded ON bank_sampah_lot",
                "DROP TRIGGER opens_empty ON bank_sampah_lot",
                "DROP TRIGGER guarded ON bank_sampah_deposit",
                "DROP TRIGGER append_only ON bank_sampah_deposit",
            ],
        ),
    ]
