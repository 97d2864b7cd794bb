from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("identity", "0003_numbers_are_sealed")]

    operations = [
        # Django would build the unique index under a lock that writers wait for.
        migrations.RunSQL(
            sql=[
                'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "user_phone_index_once" ON "identity_user" ("phone_index")'
                " WHERE (\"phone_verified\" AND NOT (\"phone_index\" = ''))"
            ],
            reverse_sql=['DROP INDEX CONCURRENTLY IF EXISTS "user_phone_index_once"'],
            state_operations=[
                migrations.AddConstraint(
                    model_name="user",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("phone_verified", True), models.Q(("phone_index", ""), _negated=True)),
                        fields=("phone_index",),
                        name="user_phone_index_once",
                    ),
                ),
            ],
        ),
    ]
