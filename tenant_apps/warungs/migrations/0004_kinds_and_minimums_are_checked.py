from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("warungs", "0003_how_goods_reach_people")]

    operations = [
        ValidateConstraint("warung", "warung_minimum_not_negative"),
        ValidateConstraint("warung", "warung_kind_known"),
    ]
