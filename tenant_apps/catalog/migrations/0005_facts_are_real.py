from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_only_real_facts")]

    operations = [
        ValidateConstraint(model_name="product", name="product_weighed_in_grams"),
        ValidateConstraint(model_name="product", name="product_density_real"),
    ]
