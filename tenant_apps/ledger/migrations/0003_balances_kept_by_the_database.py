from django.db import migrations

# Adds what was inserted to the balances, whoever inserts it. A line joins its entry in the transaction that writes the entry and
# never later: a posted entry grows no more. Whether that transaction still runs is told by the entry's xmin, which may be a savepoint's.
# Accounts are locked in the order of their codes, as the services do it.
KEEP = """
CREATE FUNCTION ledger_keep_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mine bigint := pg_current_xact_id()::text::bigint;
    writer bigint;
    ahead bigint;
BEGIN
    FOR writer IN EXECUTE format(
        'SELECT DISTINCT entry.xmin::text::bigint FROM fresh'
        ' LEFT JOIN %I.ledger_journalentry AS entry ON entry.id = fresh.entry_id', TG_TABLE_SCHEMA)
    LOOP
        ahead := (writer - (mine & 4294967295) + 4294967296) % 4294967296;
        IF writer IS NULL OR ahead >= 2147483648
           OR pg_xact_status((mine + ahead)::text::xid8) IS DISTINCT FROM 'in progress' THEN
            RAISE EXCEPTION 'a posted journal entry gets no further lines'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    EXECUTE format(
        'SELECT id FROM %I.ledger_account WHERE id IN (SELECT account_id FROM fresh)'
        ' ORDER BY code FOR NO KEY UPDATE', TG_TABLE_SCHEMA);
    EXECUTE format(
        'UPDATE %I.ledger_account AS account SET balance = account.balance + sums.total'
        ' FROM (SELECT account_id, sum(amount) AS total FROM fresh GROUP BY account_id) AS sums'
        ' WHERE account.id = sums.account_id AND sums.total <> 0', TG_TABLE_SCHEMA);
    RETURN NULL;
END $$
"""

# Code of the release before writes the balance itself, after its lines: by then the trigger has written the same value,
# and an update that changes nothing passes.
GUARD = """
CREATE FUNCTION ledger_guard_account() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    used boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        RAISE EXCEPTION 'account % opens with nothing on it: book an entry', NEW.code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.balance <> OLD.balance AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'the balance of account % follows its lines alone: book an entry', OLD.code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.id, NEW.code, NEW.kind, NEW.no_overdraft, NEW.warung_id, NEW.satker_id, NEW.user_id)
       IS DISTINCT FROM
       (OLD.id, OLD.code, OLD.kind, OLD.no_overdraft, OLD.warung_id, OLD.satker_id, OLD.user_id) THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM %I.ledger_journalline WHERE account_id = $1)', TG_TABLE_SCHEMA)
            INTO used USING OLD.id;
        IF used THEN
            RAISE EXCEPTION 'account % has lines: only its name may change', OLD.code
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$
"""

# Runs at COMMIT, in the schema of its own table.
MIRROR = """
CREATE FUNCTION ledger_refuse_unlike_reversal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entry bigint;
    undone bigint;
    unlike boolean;
BEGIN
    IF TG_TABLE_NAME = 'ledger_journalentry' THEN
        entry := NEW.id;
    ELSE
        entry := NEW.entry_id;
    END IF;
    EXECUTE format('SELECT reverses_id FROM %I.ledger_journalentry WHERE id = $1', TG_TABLE_SCHEMA)
        INTO undone USING entry;
    IF undone IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format(
        'SELECT EXISTS ('
        '(SELECT account_id, amount FROM %1$I.ledger_journalline WHERE entry_id = $1'
        ' EXCEPT ALL SELECT account_id, -amount FROM %1$I.ledger_journalline WHERE entry_id = $2)'
        ' UNION ALL '
        '(SELECT account_id, -amount FROM %1$I.ledger_journalline WHERE entry_id = $2'
        ' EXCEPT ALL SELECT account_id, amount FROM %1$I.ledger_journalline WHERE entry_id = $1))', TG_TABLE_SCHEMA)
        INTO unlike USING entry, undone;
    IF unlike THEN
        RAISE EXCEPTION 'journal entry % reverses entry %: its lines must be the same with the other sign', entry, undone
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""

TABLES = ("ledger_journalentry", "ledger_journalline")


def both(sql: str) -> list[str]:
    return [sql.format(table=table) for table in TABLES]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_entries_balance_and_stay")]

    operations = [
        migrations.RunSQL([KEEP], ["DROP FUNCTION ledger_keep_balance()"]),
        migrations.RunSQL([GUARD], ["DROP FUNCTION ledger_guard_account()"]),
        migrations.RunSQL([MIRROR], ["DROP FUNCTION ledger_refuse_unlike_reversal()"]),
        # Writers come to lines first and to accounts after them; so does this.
        migrations.RunSQL(
            [
                "CREATE TRIGGER keeps_balance AFTER INSERT ON ledger_journalline"
                " REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_keep_balance()"
            ],
            ["DROP TRIGGER keeps_balance ON ledger_journalline"],
        ),
        migrations.RunSQL(
            both(
                "CREATE CONSTRAINT TRIGGER mirrors AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED"
                " FOR EACH ROW EXECUTE FUNCTION ledger_refuse_unlike_reversal()"
            ),
            both("DROP TRIGGER mirrors ON {table}"),
        ),
        migrations.RunSQL(
            [
                "CREATE TRIGGER guarded BEFORE UPDATE ON ledger_account FOR EACH ROW"
                " WHEN (OLD IS DISTINCT FROM NEW) EXECUTE FUNCTION ledger_guard_account()",
                "CREATE TRIGGER opens_empty BEFORE INSERT ON ledger_account FOR EACH ROW"
                " WHEN (NEW.balance <> 0) EXECUTE FUNCTION ledger_guard_account()",
            ],
            ["DROP TRIGGER guarded ON ledger_account", "DROP TRIGGER opens_empty ON ledger_account"],
        ),
    ]
