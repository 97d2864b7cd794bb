from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_facts_of_articles")]

    operations = [
        AddConstraintNotValid(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(("by_weight", False), ("base_unit", "g"), _connector="OR"),
                name="product_weighed_in_grams",
            ),
        ),
        AddConstraintNotValid(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("density_g_per_l__isnull", True),
                    models.Q(("density_g_per_l__gt", 0), ("density_g_per_l__lte", 20000)),
                    _connector="OR",
                ),
                name="product_density_real",
            ),
        ),
    ]
