from django.db import migrations

# The function names no table, so it reads the same under any search path.
REFUSE = """
CREATE FUNCTION accounts_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'decisions about people are never rewritten: take another'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_links_and_decisions")]

    operations = [
        migrations.RunSQL([REFUSE], ["DROP FUNCTION accounts_refuse_rewrite()"]),
        migrations.RunSQL(
            [
                "CREATE TRIGGER role_event_append_only BEFORE UPDATE OR DELETE ON accounts_roleevent"
                " FOR EACH ROW EXECUTE FUNCTION accounts_refuse_rewrite()"
            ],
            ["DROP TRIGGER role_event_append_only ON accounts_roleevent"],
        ),
        migrations.RunSQL(
            [
                "CREATE TRIGGER role_event_not_emptied BEFORE TRUNCATE ON accounts_roleevent"
                " FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_rewrite()"
            ],
            ["DROP TRIGGER role_event_not_emptied ON accounts_roleevent"],
        ),
    ]
