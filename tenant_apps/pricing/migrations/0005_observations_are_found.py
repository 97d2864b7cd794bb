from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("pricing", "0004_observations_are_true")]

    operations = [
        AddIndexConcurrently(
            model_name="marketobservation",
            index=models.Index(fields=["place"], name="observation_of_market"),
        ),
        AddIndexConcurrently(
            model_name="marketobservation",
            index=models.Index(fields=["imported"], name="observation_of_import"),
        ),
        AddIndexConcurrently(
            model_name="marketobservation",
            index=models.Index(fields=["-observed_on", "-id"], name="observation_by_day"),
        ),
    ]
