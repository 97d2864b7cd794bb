from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    contract = "order_state_is_known knows every state that this one knew, and more"
    dependencies = [("orders", "0003_purchases_and_packed_goods")]

    operations = [
        ValidateConstraint("order", "order_state_is_known"),
        ValidateConstraint("order", "order_packed_something"),
        migrations.RemoveConstraint("order", "order_state_known"),
    ]
