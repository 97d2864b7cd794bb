import django.db.models.deletion
from django.db import migrations, models

PARTS, ALLOTMENTS = "procurement_purchasepart", "procurement_allotment"
# What the foreign key asked for each of a plan's hundred thousand parts when it was made anew, asked once for all of them.
# Whoever drops parts holds the cycle's lock, and so does whoever shares them out.
KEPT = f"""
CREATE FUNCTION procurement_parts_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM gone JOIN {ALLOTMENTS} given ON given.part_id = gone.id) THEN
        RAISE EXCEPTION 'a part is shared out' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$
"""
THERE = f"""
CREATE FUNCTION procurement_parts_there() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh LEFT JOIN {PARTS} part ON part.id = fresh.part_id WHERE part.id IS NULL) THEN
        RAISE EXCEPTION 'an allotment is of a part' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("procurement", "0008_savings")]
    contract = "triggers of this migration hold what the foreign key did"

    operations = [
        migrations.RunSQL([KEPT], ["DROP FUNCTION procurement_parts_kept()"]),
        migrations.RunSQL([THERE], ["DROP FUNCTION procurement_parts_there()"]),
        migrations.RunSQL(
            [
                f"CREATE TRIGGER parts_kept AFTER DELETE ON {PARTS} REFERENCING OLD TABLE AS gone"
                " FOR EACH STATEMENT EXECUTE FUNCTION procurement_parts_kept()"
            ],
            [f"DROP TRIGGER parts_kept ON {PARTS}"],
        ),
        # Allotments are never changed (migration 0006), so it is enough to look at new ones.
        migrations.RunSQL(
            [
                f"CREATE TRIGGER parts_there AFTER INSERT ON {ALLOTMENTS} REFERENCING NEW TABLE AS fresh"
                " FOR EACH STATEMENT EXECUTE FUNCTION procurement_parts_there()"
            ],
            [f"DROP TRIGGER parts_there ON {ALLOTMENTS}"],
        ),
        migrations.AlterField(
            model_name="allotment",
            name="part",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allotments",
                to="procurement.purchasepart",
            ),
        ),
    ]
