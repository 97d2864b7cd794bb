import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('procurement', '0006_what_came_and_was_paid_stays'),
    ]

    operations = [
        migrations.CreateModel(
            name='CyclePool',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pool', models.UUIDField(unique=True)),
                ('number', models.CharField(max_length=6, verbose_name='number')),
                ('supplier', models.UUIDField()),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pools', to='procurement.cycle')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('cycle', 'supplier'), name='cycle_pool_once_of_supplier')],
            },
        ),
    ]
