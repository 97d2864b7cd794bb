from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

STATES = [
    ("requested", "asked for"),
    ("paid", "paid out"),
    ("refused", "refused"),
    ("cancelled", "cancelled"),
    ("reversed", "taken back"),
]
WAYS = [
    ("cash", "in cash"),
    ("balance", "to the WARSA balance"),
    ("transfer", "by bank transfer"),
    ("goods", "in sembako"),
]


class Migration(migrations.Migration):
    dependencies = [("bank_sampah", "0004_members_are_found_by_sealed_numbers")]

    operations = [
        migrations.AlterField(
            "withdrawal", "way", models.CharField(choices=WAYS, max_length=8, verbose_name="how")
        ),
        migrations.AlterField(
            "withdrawal",
            "state",
            models.CharField(
                choices=STATES, default="requested", editable=False, max_length=9, verbose_name="state"
            ),
        ),
        migrations.AlterField("withdrawalevent", "after", models.CharField(choices=STATES, max_length=9)),
        AddConstraintNotValid(
            "withdrawal",
            models.CheckConstraint(
                name="withdrawal_state_is_known", condition=Q(state__in=[value for value, _label in STATES])
            ),
        ),
        AddConstraintNotValid(
            "withdrawal",
            models.CheckConstraint(
                name="withdrawal_way_is_whole",
                condition=Q(way="cash", unit__isnull=False, account_end="")
                | Q(way="balance", unit__isnull=True, account_end="")
                | Q(way="goods", account_end="")
                | (Q(way="transfer", unit__isnull=True, account_end__regex=r"^[0-9]{4}$") & ~Q(bank="")),
            ),
        ),
    ]
