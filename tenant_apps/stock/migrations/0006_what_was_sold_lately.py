from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("stock", "0005_levels_hold_packs_and_lots")]

    operations = [
        AddIndexConcurrently(
            "stockmovement",
            models.Index(
                condition=models.Q(("reason__in", ["sold", "shipped"])), fields=["location", "at"], name="movement_sold"
            ),
        ),
    ]
