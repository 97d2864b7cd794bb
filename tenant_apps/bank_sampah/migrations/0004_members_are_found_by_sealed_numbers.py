from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("bank_sampah", "0003_numbers_are_sealed")]

    operations = [
        AddIndexConcurrently("member", models.Index(fields=["phone_index"], name="member_by_phone")),
        # Django would build the unique index under a lock that writers wait for.
        migrations.RunSQL(
            sql=[
                'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "member_nik_once" ON "bank_sampah_member" ("nik_index")'
                " WHERE NOT (\"nik_index\" = '')"
            ],
            reverse_sql=['DROP INDEX CONCURRENTLY IF EXISTS "member_nik_once"'],
            state_operations=[
                migrations.AddConstraint(
                    model_name="member",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("nik_index", ""), _negated=True),
                        fields=("nik_index",),
                        name="member_nik_once",
                    ),
                ),
            ],
        ),
    ]
