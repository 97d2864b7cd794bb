from django.db import migrations

# A look is forgotten when it is old, and never rewritten. The function names no table.
KEEP = """
CREATE FUNCTION privacy_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_ARGV[0] = 'ages' AND OLD.at < now() - interval '1 year' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'who looked and what was agreed to is never rewritten'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
DONE = """
CREATE FUNCTION privacy_keep_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an erasure that was carried out stays as it is'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_who_looked_and_who_was_forgotten")]

    operations = [
        migrations.RunSQL([KEEP], ["DROP FUNCTION privacy_keep()"]),
        migrations.RunSQL([DONE], ["DROP FUNCTION privacy_keep_erasure()"]),
        migrations.RunSQL(
            [
                "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON privacy_recordaccess"
                " FOR EACH ROW EXECUTE FUNCTION privacy_keep('ages')",
                "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON privacy_consentevent"
                " FOR EACH ROW EXECUTE FUNCTION privacy_keep('stays')",
                "CREATE TRIGGER guarded BEFORE UPDATE ON privacy_erasure FOR EACH ROW WHEN (OLD.state = 'done')"
                " EXECUTE FUNCTION privacy_keep_erasure()",
                "CREATE TRIGGER append_only BEFORE DELETE ON privacy_erasure"
                " FOR EACH ROW EXECUTE FUNCTION privacy_keep_erasure()",
            ],
            [
                "DROP TRIGGER append_only ON privacy_recordaccess",
                "DROP TRIGGER append_only ON privacy_consentevent",
                "DROP TRIGGER guarded ON privacy_erasure",
                "DROP TRIGGER append_only ON privacy_erasure",
            ],
        ),
    ]
