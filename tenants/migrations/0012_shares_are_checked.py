from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tenants", "0011_fair_shares")]

    operations = [ValidateConstraint("region", "region_share_is_percent")]
