from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0004_only_known_states")]

    operations = [
        AddIndexConcurrently("order", models.Index(name="order_of_purchase", fields=["purchase"])),
    ]
