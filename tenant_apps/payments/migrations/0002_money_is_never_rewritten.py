from django.db import migrations

# The functions name no table but by the schema of their own, so they read the same under any search path.
REFUSE = """
CREATE FUNCTION payments_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what came, what went back and what was told is never rewritten'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

# Runs at COMMIT, when the search path may already be another region's.
PROVE = """
CREATE FUNCTION payments_refuse_unproven() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    payment bigint;
    kept_paid bigint;
    kept_refunded bigint;
    came numeric;
    went numeric;
BEGIN
    IF TG_TABLE_NAME = 'payments_payment' THEN
        payment := NEW.id;
    ELSE
        payment := NEW.payment_id;
    END IF;
    EXECUTE format('SELECT paid, refunded,'
                   ' (SELECT coalesce(sum(amount), 0) FROM %1$I.payments_moneyin WHERE payment_id = $1),'
                   ' (SELECT coalesce(sum(amount), 0) FROM %1$I.payments_refund WHERE payment_id = $1)'
                   ' FROM %1$I.payments_payment WHERE id = $1', TG_TABLE_SCHEMA)
        INTO kept_paid, kept_refunded, came, went USING payment;
    IF kept_paid IS NOT NULL AND (kept_paid <> came OR kept_refunded <> went) THEN
        RAISE EXCEPTION 'payment % says % paid and % paid back, its rows say % and %',
            payment, kept_paid, kept_refunded, came, went
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""

KEPT = ("payments_paymentmove", "payments_moneyin", "payments_refund")
PROVEN = {
    "payments_moneyin": "INSERT",
    "payments_refund": "INSERT",
    "payments_payment": "INSERT OR UPDATE OF paid, refunded",
}


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_payments_and_what_came_of_them")]

    operations = [
        migrations.RunSQL([REFUSE], ["DROP FUNCTION payments_refuse_rewrite()"]),
        migrations.RunSQL([PROVE], ["DROP FUNCTION payments_refuse_unproven()"]),
        migrations.RunSQL(
            [
                f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION payments_refuse_rewrite()"
                for table in KEPT
            ],
            [f"DROP TRIGGER append_only ON {table}" for table in KEPT],
        ),
        migrations.RunSQL(
            [
                f"CREATE TRIGGER not_emptied BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_rewrite()"
                for table in (*KEPT, "payments_paymentevent")
            ],
            [f"DROP TRIGGER not_emptied ON {table}" for table in (*KEPT, "payments_paymentevent")],
        ),
        # An event's verdict may change, what the provider told may not.
        migrations.RunSQL(
            [
                "CREATE TRIGGER kept_as_told BEFORE UPDATE OF provider, key, payment_id, body, headers, received_at"
                " ON payments_paymentevent FOR EACH ROW"
                " WHEN (OLD.body IS DISTINCT FROM NEW.body OR OLD.key IS DISTINCT FROM NEW.key)"
                " EXECUTE FUNCTION payments_refuse_rewrite()",
                "CREATE TRIGGER append_only BEFORE DELETE ON payments_paymentevent"
                " FOR EACH ROW EXECUTE FUNCTION payments_refuse_rewrite()",
            ],
            [
                "DROP TRIGGER kept_as_told ON payments_paymentevent",
                "DROP TRIGGER append_only ON payments_paymentevent",
            ],
        ),
        migrations.RunSQL(
            [
                f"CREATE CONSTRAINT TRIGGER proven AFTER {when} ON {table} DEFERRABLE INITIALLY DEFERRED"
                " FOR EACH ROW EXECUTE FUNCTION payments_refuse_unproven()"
                for table, when in PROVEN.items()
            ],
            [f"DROP TRIGGER proven ON {table}" for table in PROVEN],
        ),
    ]
