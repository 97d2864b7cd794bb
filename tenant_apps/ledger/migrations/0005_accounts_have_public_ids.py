import uuid

from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_proofs")]

    operations = [
        # The default comes after the column: with it, the column would rewrite the table.
        migrations.AddField("account", "public_id", models.UUIDField(null=True, editable=False)),
        migrations.AlterField(
            "account",
            "public_id",
            models.UUIDField(null=True, default=uuid.uuid4, db_default=RandomUUID(), editable=False),
        ),
    ]
