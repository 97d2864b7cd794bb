from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_balances_kept_by_the_database")]

    operations = [
        migrations.CreateModel(
            name="LedgerProof",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("entries", models.BigIntegerField(verbose_name="entries")),
                ("lines", models.BigIntegerField(verbose_name="lines")),
                ("accounts", models.BigIntegerField(verbose_name="accounts")),
                ("differences", models.JSONField(default=list, verbose_name="differences")),
                ("ok", models.BooleanField(verbose_name="in order")),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        name="proof_is_ok_or_says_why",
                        condition=Q(ok=True, differences=[]) | (Q(ok=False) & ~Q(differences=[])),
                    )
                ],
            },
        ),
    ]
