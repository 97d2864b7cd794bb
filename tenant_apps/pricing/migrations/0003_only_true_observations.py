from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

# The function names no table, so it reads the same under any search path.
REFUSE = """
CREATE FUNCTION pricing_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of a claim is never rewritten'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("pricing", "0002_markets_lists_and_claims")]

    operations = [
        AddConstraintNotValid(
            model_name="marketobservation",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["seen", "official", "claim"])), name="observation_source_known"
            ),
        ),
        AddConstraintNotValid(
            model_name="marketobservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", True), models.Q(("withdrawn_reason", ""), _negated=True), _connector="OR"
                ),
                name="observation_withdrawn_says_why",
            ),
        ),
        migrations.RunSQL([REFUSE], ["DROP FUNCTION pricing_refuse_rewrite()"]),
        migrations.RunSQL(
            [
                "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON pricing_priceclaimevent"
                " FOR EACH ROW EXECUTE FUNCTION pricing_refuse_rewrite()"
            ],
            ["DROP TRIGGER append_only ON pricing_priceclaimevent"],
        ),
        migrations.RunSQL(
            [
                "CREATE TRIGGER not_emptied BEFORE TRUNCATE ON pricing_priceclaimevent"
                " FOR EACH STATEMENT EXECUTE FUNCTION pricing_refuse_rewrite()"
            ],
            ["DROP TRIGGER not_emptied ON pricing_priceclaimevent"],
        ),
    ]
