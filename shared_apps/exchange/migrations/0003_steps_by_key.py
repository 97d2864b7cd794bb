from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("exchange", "0002_each_sees_its_own")]

    operations = [
        migrations.AddField("supplierorderevent", "key", models.UUIDField(editable=False, null=True)),
    ]
