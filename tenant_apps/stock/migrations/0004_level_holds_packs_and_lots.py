from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stock", "0003_packs_lots_and_counts")]

    operations = [
        AddConstraintNotValid(
            model_name="stocklevel",
            constraint=models.CheckConstraint(
                condition=models.Q(("sealed__gte", 0), ("sealed__lte", models.F("on_hand"))),
                name="level_holds_its_packs",
            ),
        ),
        AddConstraintNotValid(
            model_name="stocklevel",
            constraint=models.CheckConstraint(
                condition=models.Q(("dated__gte", 0), ("dated__lte", models.F("on_hand"))),
                name="level_holds_its_lots",
            ),
        ),
        AddConstraintNotValid(
            model_name="stocklevel",
            constraint=models.CheckConstraint(
                condition=models.Q(("low_at__isnull", True), ("low_at__gte", 0), _connector="OR"),
                name="level_mark_possible",
            ),
        ),
    ]
