from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    contract = "sale_tenders_are_the_sum holds all that sale_tenders_sum held, and savings besides"
    dependencies = [("pos", "0004_sales_paid_from_savings")]

    operations = [
        ValidateConstraint("countersale", "sale_tenders_are_the_sum"),
        migrations.RemoveConstraint("countersale", "sale_tenders_sum"),
    ]
