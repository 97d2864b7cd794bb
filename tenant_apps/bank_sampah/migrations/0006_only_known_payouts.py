from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    contract = "withdrawal_state_is_known and withdrawal_way_is_whole know all that these two knew, and goods besides"
    dependencies = [("bank_sampah", "0005_savings_pay_for_goods")]

    operations = [
        ValidateConstraint("withdrawal", "withdrawal_state_is_known"),
        ValidateConstraint("withdrawal", "withdrawal_way_is_whole"),
        migrations.RemoveConstraint("withdrawal", "withdrawal_state_known"),
        migrations.RemoveConstraint("withdrawal", "withdrawal_way_whole"),
    ]
