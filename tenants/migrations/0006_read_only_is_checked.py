from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tenants", "0005_read_only")]

    # Apart from the constraint's making, so that no reader waits while the rows are looked at.
    operations = [ValidateConstraint("region", "region_read_only_has_reason_and_time")]
