from django.db import migrations

# The function names no table, so it reads the same under any search path.
REFUSE = """
CREATE FUNCTION agent_banking_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rules, papers, lines of the bank and the history of agents are never rewritten'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

# A transaction changes by its reversal alone, once: all else stays as it was recorded.
KEEP_TRANSACTION = """
CREATE FUNCTION agent_banking_keep_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    reversal text[] := ARRAY['state', 'reversal_reference', 'reversal_reason', 'reversal_day_id', 'reversal_entry_id',
                             'reversed_at', 'reversed_by'];
BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.state <> 'recorded'
       OR to_jsonb(NEW) - reversal IS DISTINCT FROM to_jsonb(OLD) - reversal THEN
        RAISE EXCEPTION 'a transaction of an agent is only ever reversed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

# A closed day is never changed.
KEEP_DAY = """
CREATE FUNCTION agent_banking_keep_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.state = 'closed' THEN
        RAISE EXCEPTION 'a closed day of an agent is never changed, and no day is deleted'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

# What is recorded or reversed stands in a day that is open; the day's row is found in the schema of the transaction itself.
ONLY_OPEN_DAY = """
CREATE FUNCTION agent_banking_only_open_day() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    day bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.day_id ELSE NEW.reversal_day_id END;
    fits boolean;
BEGIN
    EXECUTE format(
        'SELECT state = ''open'' AND agent_id = $2 FROM %I.agent_banking_agentday WHERE id = $1 FOR KEY SHARE',
        TG_TABLE_SCHEMA) INTO fits USING day, NEW.agent_id;
    IF fits IS NOT TRUE THEN
        RAISE EXCEPTION 'transactions stand in an open day of their own agent'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

# What a move is about never changes; only its state and who settled it.
KEEP_MOVE = """
CREATE FUNCTION agent_banking_keep_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    settling text[] := ARRAY['state', 'settled_at', 'settled_by'];
BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.state <> 'submitted'
       OR to_jsonb(NEW) - settling IS DISTINCT FROM to_jsonb(OLD) - settling THEN
        RAISE EXCEPTION 'a move of cash or float is only ever settled, once'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

FUNCTIONS = {
    "agent_banking_refuse_rewrite": REFUSE,
    "agent_banking_keep_transaction": KEEP_TRANSACTION,
    "agent_banking_keep_day": KEEP_DAY,
    "agent_banking_only_open_day": ONLY_OPEN_DAY,
    "agent_banking_keep_move": KEEP_MOVE,
}
APPEND_ONLY = (
    "agent_banking_agentevent",
    "agent_banking_agentdocument",
    "agent_banking_feerule",
    "agent_banking_limitrule",
    "agent_banking_tolerancerule",
    "agent_banking_agentdayevent",
    "agent_banking_transactionevent",
    "agent_banking_floatmoveevent",
    "agent_banking_referralevent",
    "agent_banking_statementline",
    "agent_banking_exceptionevent",
    "agent_banking_agentcustomer",
)
KEPT = {
    "agent_banking_agenttransaction": "agent_banking_keep_transaction",
    "agent_banking_agentday": "agent_banking_keep_day",
    "agent_banking_floatmove": "agent_banking_keep_move",
}


def trigger(name: str, when: str, table: str, function: str, each: str = "ROW") -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()",
        f"DROP TRIGGER {name} ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("agent_banking", "0001_what_an_agent_records")]

    operations = [
        *(migrations.RunSQL(sql, f"DROP FUNCTION {name}()") for name, sql in FUNCTIONS.items()),
        *(
            trigger("append_only", "BEFORE UPDATE OR DELETE", table, "agent_banking_refuse_rewrite")
            for table in APPEND_ONLY
        ),
        *(trigger("only_so", "BEFORE UPDATE OR DELETE", table, function) for table, function in KEPT.items()),
        trigger(
            "day_is_open",
            "BEFORE INSERT OR UPDATE OF reversal_day_id",
            "agent_banking_agenttransaction",
            "agent_banking_only_open_day",
        ),
        *(
            trigger("not_emptied", "BEFORE TRUNCATE", table, "agent_banking_refuse_rewrite", "STATEMENT")
            for table in (*APPEND_ONLY, *KEPT)
        ),
    ]
