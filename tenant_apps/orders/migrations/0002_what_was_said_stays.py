from django.db import migrations

# The function names no table, so it reads the same under any search path.
REFUSE = """
CREATE FUNCTION orders_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the lines and the history of an order are never rewritten'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

TABLES = ("orders_orderline", "orders_orderevent")


def both(sql: str) -> list[str]:
    return [sql.format(table=table) for table in TABLES]


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [
        migrations.RunSQL([REFUSE], ["DROP FUNCTION orders_refuse_rewrite()"]),
        migrations.RunSQL(
            both(
                "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION orders_refuse_rewrite()"
            ),
            both("DROP TRIGGER append_only ON {table}"),
        ),
        migrations.RunSQL(
            both(
                "CREATE TRIGGER not_emptied BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION orders_refuse_rewrite()"
            ),
            both("DROP TRIGGER not_emptied ON {table}"),
        ),
    ]
