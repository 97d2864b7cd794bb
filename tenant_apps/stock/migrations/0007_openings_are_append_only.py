from django.db import migrations

# The function names no table, so it reads the same under any search path.
REFUSE = """
CREATE FUNCTION stock_refuse_reopening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'openings of packs are never rewritten: write another that corrects it'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0006_what_was_sold_lately")]

    operations = [
        migrations.RunSQL([REFUSE], ["DROP FUNCTION stock_refuse_reopening()"]),
        migrations.RunSQL(
            [
                "CREATE TRIGGER opening_append_only BEFORE UPDATE OR DELETE ON stock_packopening"
                " FOR EACH ROW EXECUTE FUNCTION stock_refuse_reopening()"
            ],
            ["DROP TRIGGER opening_append_only ON stock_packopening"],
        ),
        migrations.RunSQL(
            [
                "CREATE TRIGGER opening_not_emptied BEFORE TRUNCATE ON stock_packopening"
                " FOR EACH STATEMENT EXECUTE FUNCTION stock_refuse_reopening()"
            ],
            ["DROP TRIGGER opening_not_emptied ON stock_packopening"],
        ),
    ]
