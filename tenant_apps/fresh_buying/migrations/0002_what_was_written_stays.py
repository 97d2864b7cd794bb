from django.db import migrations

# The function names no table, so it reads the same under any search path.
REFUSE = """
CREATE FUNCTION fresh_buying_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was bought, given and lost, and the history of pre-orders and trips, are never rewritten'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

TABLES = (
    "fresh_buying_preorderevent",
    "fresh_buying_tripevent",
    "fresh_buying_stallpurchase",
    "fresh_buying_cashadvance",
    "fresh_buying_shrinkage",
)


def each(sql: str) -> list[str]:
    return [sql.format(table=table) for table in TABLES]


class Migration(migrations.Migration):
    dependencies = [("fresh_buying", "0001_what_is_bought_on_order")]

    operations = [
        migrations.RunSQL([REFUSE], ["DROP FUNCTION fresh_buying_refuse_rewrite()"]),
        migrations.RunSQL(
            each(
                "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION fresh_buying_refuse_rewrite()"
            ),
            each("DROP TRIGGER append_only ON {table}"),
        ),
        migrations.RunSQL(
            each(
                "CREATE TRIGGER not_emptied BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION fresh_buying_refuse_rewrite()"
            ),
            each("DROP TRIGGER not_emptied ON {table}"),
        ),
    ]
