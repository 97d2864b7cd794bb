from django.db import migrations

# The function names no table, so it reads the same under any search path.
REFUSE = """
CREATE FUNCTION pos_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was sold is never rewritten: take the sale back'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

# A sale may be taken back and reviewed; a pack that is traded no more leaves its lines. Nothing else ever changes.
GUARDS = {
    "sale_not_rewritten": (
        "UPDATE OF public_id, number, warung_id, customer_id, by, at, day, total, cash, qris, bon,"
        " cash_received, change, content, entry_id OR DELETE",
        "pos_countersale",
    ),
    "sale_line_not_rewritten": (
        "UPDATE OF sale_id, product_id, product_name, pack_label, base_quantity, quantity, price, market_price, amount"
        " OR DELETE",
        "pos_countersaleline",
    ),
    "shortfall_not_rewritten": ("UPDATE OR DELETE", "pos_saleshortfall"),
    "cash_move_not_rewritten": ("UPDATE OR DELETE", "pos_cashmove"),
    "cash_day_event_not_rewritten": ("UPDATE OR DELETE", "pos_cashdayevent"),
}


class Migration(migrations.Migration):
    dependencies = [("pos", "0001_counter_sales")]

    operations = [
        migrations.RunSQL([REFUSE], ["DROP FUNCTION pos_refuse_rewrite()"]),
        *(
            migrations.RunSQL(
                [f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION pos_refuse_rewrite()"],
                [f"DROP TRIGGER {name} ON {table}"],
            )
            for name, (when, table) in GUARDS.items()
        ),
    ]
