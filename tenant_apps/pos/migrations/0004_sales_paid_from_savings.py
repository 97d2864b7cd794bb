from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("pos", "0003_numbers_are_sealed")]

    operations = [
        migrations.AddField(
            "countersale", "savings", models.BigIntegerField(db_default=0, default=0, verbose_name="savings")
        ),
        AddConstraintNotValid(
            "countersale",
            models.CheckConstraint(
                name="sale_tenders_are_the_sum",
                condition=Q(
                    cash__gte=0,
                    qris__gte=0,
                    bon__gte=0,
                    savings__gte=0,
                    total=F("cash") + F("qris") + F("bon") + F("savings"),
                ),
            ),
        ),
        migrations.RunSQL(
            [
                "CREATE TRIGGER sale_savings_not_rewritten BEFORE UPDATE OF savings ON pos_countersale"
                " FOR EACH ROW EXECUTE FUNCTION pos_refuse_rewrite()"
            ],
            ["DROP TRIGGER sale_savings_not_rewritten ON pos_countersale"],
        ),
    ]
