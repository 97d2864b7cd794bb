from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("bank_sampah", "0008_a_stop_is_its_members")]

    operations = [
        AddIndexConcurrently(
            "member", models.Index(fields=["unit", "name", "id"], name="member_of_unit_by_name")
        ),
        AddIndexConcurrently(
            "member",
            models.Index(condition=models.Q(("state", "active")), fields=["unit"], name="member_active_of_unit"),
        ),
        # Django writes `icontains` as UPPER(name::text) LIKE UPPER(…); it cannot name the class of an expression's index
        # unless django.contrib.postgres is an app of ours.
        migrations.RunSQL(
            [
                "CREATE INDEX CONCURRENTLY member_name_parts ON bank_sampah_member"
                " USING gin (upper(name::text) public.gin_trgm_ops)"
            ],
            ["DROP INDEX CONCURRENTLY IF EXISTS member_name_parts"],
        ),
        AddIndexConcurrently(
            "lotmovement",
            models.Index(condition=models.Q(("kind", "shrunk")), fields=["at"], name="lot_movement_shrunk"),
        ),
        AddIndexConcurrently("wastesale", models.Index(fields=["day"], name="waste_sale_of_day")),
    ]
