from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0008_numbers_are_sealed")]

    operations = [
        AddIndexConcurrently("order", models.Index(name="order_by_day", fields=["placed_at"])),
    ]
