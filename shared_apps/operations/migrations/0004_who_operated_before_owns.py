"""Whoever operated before there were roles could do everything, and goes on to."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

OWN = "UPDATE public.operations_operatorgrant SET role = 'owner'"


class Migration(migrations.Migration):
    dependencies = [("operations", "0003_roles_and_second_factors")]

    # Going back takes the column away, so there is nothing to take back here.
    operations = [migrations.RunSQL([OWN], []), ValidateConstraint("operatorgrant", "operator_role_known")]
