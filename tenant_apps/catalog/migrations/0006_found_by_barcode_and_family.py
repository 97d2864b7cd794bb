from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0005_facts_are_real")]

    operations = [
        AddIndexConcurrently("product", models.Index(fields=["family"], name="product_of_family")),
        # Django would build the unique index under a lock that writers wait for.
        migrations.RunSQL(
            sql=[
                'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "pack_barcode_once" ON "catalog_pack" ("barcode")'
                " WHERE NOT (\"barcode\" = '')"
            ],
            reverse_sql=['DROP INDEX CONCURRENTLY IF EXISTS "pack_barcode_once"'],
            state_operations=[
                migrations.AddConstraint(
                    model_name="pack",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("barcode", ""), _negated=True),
                        fields=("barcode",),
                        name="pack_barcode_once",
                    ),
                ),
            ],
        ),
    ]
