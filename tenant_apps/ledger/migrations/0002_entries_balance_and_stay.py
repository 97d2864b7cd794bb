from django.db import migrations

REFUSE = """
CREATE FUNCTION ledger_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'journal entries are never rewritten: reverse the entry'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

# Runs at COMMIT, when the search path may already be another region's: it reads the schema of its own table.
BALANCE = """
CREATE FUNCTION ledger_refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entry bigint;
    lines bigint;
    total numeric;
BEGIN
    IF TG_TABLE_NAME = 'ledger_journalentry' THEN
        entry := NEW.id;
    ELSE
        entry := NEW.entry_id;
    END IF;
    EXECUTE format('SELECT count(*), coalesce(sum(amount), 0) FROM %I.ledger_journalline WHERE entry_id = $1',
                   TG_TABLE_SCHEMA)
        INTO lines, total USING entry;
    IF lines < 2 OR total <> 0 THEN
        RAISE EXCEPTION 'journal entry % has % lines that sum to %: it must have two or more that sum to zero',
            entry, lines, total
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""

TABLES = ("ledger_journalentry", "ledger_journalline")


def both(sql: str) -> list[str]:
    return [sql.format(table=table) for table in TABLES]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL([REFUSE], ["DROP FUNCTION ledger_refuse_rewrite()"]),
        migrations.RunSQL([BALANCE], ["DROP FUNCTION ledger_refuse_unbalanced()"]),
        migrations.RunSQL(
            both(
                "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION ledger_refuse_rewrite()"
            ),
            both("DROP TRIGGER append_only ON {table}"),
        ),
        migrations.RunSQL(
            both(
                "CREATE TRIGGER not_emptied BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_rewrite()"
            ),
            both("DROP TRIGGER not_emptied ON {table}"),
        ),
        migrations.RunSQL(
            both(
                "CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED"
                " FOR EACH ROW EXECUTE FUNCTION ledger_refuse_unbalanced()"
            ),
            both("DROP TRIGGER balanced ON {table}"),
        ),
    ]
