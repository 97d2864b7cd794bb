import importlib

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

_before = importlib.import_module("tenants.migrations.0010_shut_regions_say_why")
SEEN = (*_before.SEEN, "share")


class Migration(migrations.Migration):
    dependencies = [("tenants", "0010_shut_regions_say_why")]

    operations = [
        migrations.AddField("region", "share", models.SmallIntegerField(db_default=30, default=30)),
        AddConstraintNotValid(
            "region",
            models.CheckConstraint(condition=models.Q(share__range=(1, 100)), name="region_share_is_percent"),
        ),
        migrations.RunSQL(_before._update_trigger(SEEN), _before._update_trigger(_before.SEEN)),
    ]
