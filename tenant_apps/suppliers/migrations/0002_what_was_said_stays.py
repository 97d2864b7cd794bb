from django.db import migrations

REFUSE = """
CREATE FUNCTION suppliers_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of an adopted article is never rewritten'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("suppliers", "0001_initial")]

    operations = [
        migrations.RunSQL([REFUSE], ["DROP FUNCTION suppliers_refuse_rewrite()"]),
        migrations.RunSQL(
            [
                "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON suppliers_adoptionevent"
                " FOR EACH ROW EXECUTE FUNCTION suppliers_refuse_rewrite()"
            ],
            ["DROP TRIGGER append_only ON suppliers_adoptionevent"],
        ),
        migrations.RunSQL(
            [
                "CREATE TRIGGER not_emptied BEFORE TRUNCATE ON suppliers_adoptionevent"
                " FOR EACH STATEMENT EXECUTE FUNCTION suppliers_refuse_rewrite()"
            ],
            ["DROP TRIGGER not_emptied ON suppliers_adoptionevent"],
        ),
    ]
