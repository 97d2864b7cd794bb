import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('procurement', '0007_pools'),
    ]

    operations = [
        migrations.CreateModel(
            name='CycleSaving',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('final', models.BooleanField()),
                ('reckoned_at', models.DateTimeField()),
                ('cycle', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='saving', to='procurement.cycle')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='GoodSaving',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('units', models.BigIntegerField()),
                ('paid', models.BigIntegerField()),
                ('alone', models.BigIntegerField()),
                ('good', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='saving', to='procurement.cyclegood')),
                ('saving', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='goods', to='procurement.cyclesaving')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('alone__gte', 0), ('paid__gte', 0), ('units__gt', 0)), name='good_saving_money')],
            },
        ),
        migrations.CreateModel(
            name='OrderSaving',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('paid', models.BigIntegerField()),
                ('alone', models.BigIntegerField()),
                ('unknown', models.BigIntegerField(default=0)),
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='saving', to='procurement.cycleorder')),
                ('saving', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='orders', to='procurement.cyclesaving')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('alone__gte', models.F('unknown')), ('paid__gte', models.F('unknown')), ('unknown__gte', 0)), name='order_saving_money')],
            },
        ),
    ]
