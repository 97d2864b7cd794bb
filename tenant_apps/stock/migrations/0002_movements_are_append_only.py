from django.db import migrations

# The function names no table, so it reads the same under any search path.
REFUSE = """
CREATE FUNCTION stock_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'stock movements are never rewritten: write another that corrects it'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0001_initial")]

    operations = [
        migrations.RunSQL([REFUSE], ["DROP FUNCTION stock_refuse_rewrite()"]),
        migrations.RunSQL(
            [
                "CREATE TRIGGER movement_append_only BEFORE UPDATE OR DELETE ON stock_stockmovement"
                " FOR EACH ROW EXECUTE FUNCTION stock_refuse_rewrite()"
            ],
            ["DROP TRIGGER movement_append_only ON stock_stockmovement"],
        ),
        migrations.RunSQL(
            [
                "CREATE TRIGGER movement_not_emptied BEFORE TRUNCATE ON stock_stockmovement"
                " FOR EACH STATEMENT EXECUTE FUNCTION stock_refuse_rewrite()"
            ],
            ["DROP TRIGGER movement_not_emptied ON stock_stockmovement"],
        ),
    ]
