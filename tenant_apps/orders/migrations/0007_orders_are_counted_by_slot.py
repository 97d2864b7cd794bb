from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0006_returns_favourites_and_slots")]

    operations = [
        AddIndexConcurrently(
            "order",
            models.Index(
                name="order_of_slot", fields=["slot", "due_on"], condition=models.Q(("slot__isnull", False))
            ),
        ),
    ]
