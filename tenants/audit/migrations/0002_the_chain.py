"""The database numbers and chains the rows, and refuses to change them. The formula stands once more in tenants.audit.selectors."""

from django.db import migrations

CHAIN = """
CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head record;
BEGIN
    EXECUTE format('INSERT INTO %I.audit_audithead (id, last, digest) VALUES (1, 0, '''') ON CONFLICT DO NOTHING', TG_TABLE_SCHEMA);
    -- Whoever writes the next row waits here until this transaction ends: no two rows follow the same one.
    EXECUTE format('SELECT last, digest FROM %I.audit_audithead WHERE id = 1 FOR UPDATE', TG_TABLE_SCHEMA) INTO head;
    NEW.id := head.last + 1;
    NEW.at := clock_timestamp();
    NEW.previous := head.digest;
    NEW.reason_digest := encode(sha256(convert_to(NEW.reason, 'UTF8')), 'hex');
    NEW.digest := encode(sha256(convert_to(jsonb_build_array(
        NEW.id, to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), NEW.actor, NEW.action, NEW.target,
        NEW.region, NEW.reason_digest, NEW.details, NEW.request, NEW.previous)::text, 'UTF8')), 'hex');
    EXECUTE format('UPDATE %I.audit_audithead SET last = $1, digest = $2 WHERE id = 1', TG_TABLE_SCHEMA) USING NEW.id, NEW.digest;
    RETURN NEW;
END $$
"""
KEEP = """
CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was written into the audit log stays as it is'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_who_did_what")]

    operations = [
        migrations.RunSQL([CHAIN], ["DROP FUNCTION audit_chain()"]),
        migrations.RunSQL([KEEP], ["DROP FUNCTION audit_keep()"]),
        migrations.RunSQL(
            [
                "CREATE TRIGGER chained BEFORE INSERT ON audit_auditevent FOR EACH ROW EXECUTE FUNCTION audit_chain()",
                "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_auditevent"
                " FOR EACH ROW EXECUTE FUNCTION audit_keep()",
                "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_auditevent"
                " FOR EACH STATEMENT EXECUTE FUNCTION audit_keep()",
                # Only the chain's own trigger moves the head.
                "CREATE TRIGGER guarded BEFORE INSERT OR UPDATE OR DELETE ON audit_audithead"
                " FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION audit_keep()",
            ],
            [
                "DROP TRIGGER chained ON audit_auditevent",
                "DROP TRIGGER append_only ON audit_auditevent",
                "DROP TRIGGER never_emptied ON audit_auditevent",
                "DROP TRIGGER guarded ON audit_audithead",
            ],
        ),
    ]
