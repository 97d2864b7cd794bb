from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("pricing", "0003_only_true_observations")]

    operations = [
        ValidateConstraint(model_name="marketobservation", name="observation_source_known"),
        ValidateConstraint(model_name="marketobservation", name="observation_withdrawn_says_why"),
    ]
