from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ledger", "0006_earlier_accounts_get_public_ids")]

    operations = [
        AddIndexConcurrently("account", models.Index(name="account_by_public_id", fields=["public_id"])),
    ]
