from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('supplier_catalog', '0003_regions_see_what_covers_them'),
    ]

    operations = [
        migrations.AddField(
            model_name='supplierorganisation',
            name='allows_pooling',
            field=models.BooleanField(db_default=False, default=False, verbose_name='joint purchases allowed'),
        ),
    ]
