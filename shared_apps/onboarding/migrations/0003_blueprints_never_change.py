from django.db import migrations

REFUSE = """
CREATE FUNCTION onboarding_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a version of a blueprint never changes: make the next one'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0002_blueprints")]

    operations = [
        migrations.RunSQL([REFUSE], ["DROP FUNCTION onboarding_refuse_rewrite()"]),
        migrations.RunSQL(
            [
                "CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON onboarding_blueprint"
                " FOR EACH ROW EXECUTE FUNCTION onboarding_refuse_rewrite()"
            ],
            ["DROP TRIGGER never_changed ON onboarding_blueprint"],
        ),
        migrations.RunSQL(
            [
                "CREATE TRIGGER not_emptied BEFORE TRUNCATE ON onboarding_blueprint"
                " FOR EACH STATEMENT EXECUTE FUNCTION onboarding_refuse_rewrite()"
            ],
            ["DROP TRIGGER not_emptied ON onboarding_blueprint"],
        ),
    ]
