from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("stock", "0004_level_holds_packs_and_lots")]

    operations = [
        ValidateConstraint(model_name="stocklevel", name="level_holds_its_packs"),
        ValidateConstraint(model_name="stocklevel", name="level_holds_its_lots"),
        ValidateConstraint(model_name="stocklevel", name="level_mark_possible"),
    ]
