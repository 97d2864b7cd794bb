import django.db.models.deletion
import uuid
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('warungs', '0002_staff'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DeliverySlot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], verbose_name='day')),
                ('starts', models.TimeField(verbose_name='from')),
                ('ends', models.TimeField(verbose_name='until')),
                ('capacity', models.PositiveSmallIntegerField(verbose_name='orders at most')),
                ('warung', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slots', to='warungs.warung')),
            ],
            options={
                'ordering': ['weekday', 'starts'],
            },
        ),
        migrations.CreateModel(
            name='DeliveryZone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('village_code', models.CharField(max_length=13, verbose_name='kelurahan')),
                ('rw', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='RW')),
                ('fee', models.BigIntegerField(verbose_name='delivery fee')),
                ('minimum_order', models.BigIntegerField(default=0, verbose_name='delivers from')),
                ('warung', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='zones', to='warungs.warung')),
            ],
            options={
                'ordering': ['village_code', 'rw'],
            },
        ),
        migrations.CreateModel(
            name='PreorderTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('cutoff', models.TimeField(verbose_name='orders until')),
                ('lead_days', models.PositiveSmallIntegerField(verbose_name='days before delivery')),
                ('weekdays', models.CharField(max_length=13, verbose_name='delivery days')),
                ('warung', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='terms', to='warungs.warung')),
            ],
            options={
                'ordering': ['valid_from'],
            },
        ),
        migrations.AddField(
            model_name='warung',
            name='kind',
            field=models.CharField(choices=[('warung', 'warung'), ('fresh', 'Fresh Food')], db_default='warung', default='warung', max_length=6, verbose_name='kind'),
        ),
        migrations.AddField(
            model_name='warung',
            name='minimum_order',
            field=models.BigIntegerField(db_default=0, default=0, verbose_name='delivers from'),
        ),
        AddConstraintNotValid(
            'warung',
            models.CheckConstraint(condition=models.Q(('minimum_order__gte', 0)), name='warung_minimum_not_negative'),
        ),
        AddConstraintNotValid(
            'warung',
            models.CheckConstraint(condition=models.Q(('kind__in', ['warung', 'fresh'])), name='warung_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='deliveryslot',
            constraint=models.UniqueConstraint(fields=('warung', 'weekday', 'starts'), name='slot_once'),
        ),
        migrations.AddConstraint(
            model_name='deliveryslot',
            constraint=models.CheckConstraint(condition=models.Q(('ends__gt', models.F('starts'))), name='slot_lasts'),
        ),
        migrations.AddConstraint(
            model_name='deliveryslot',
            constraint=models.CheckConstraint(condition=models.Q(('capacity__gte', 1), ('weekday__lte', 6)), name='slot_takes_somebody'),
        ),
        migrations.AddConstraint(
            model_name='deliveryzone',
            constraint=models.UniqueConstraint(fields=('warung', 'village_code', 'rw'), name='zone_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='deliveryzone',
            constraint=models.CheckConstraint(condition=models.Q(('fee__gte', 0), ('minimum_order__gte', 0)), name='zone_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='preorderterms',
            constraint=models.UniqueConstraint(fields=('warung', 'valid_from'), name='terms_once'),
        ),
        migrations.AddConstraint(
            model_name='preorderterms',
            constraint=models.CheckConstraint(condition=models.Q(('lead_days__lte', 7)), name='terms_lead_sensible'),
        ),
        migrations.AddConstraint(
            model_name='preorderterms',
            constraint=models.CheckConstraint(condition=models.Q(('weekdays', ''), _negated=True), name='terms_on_some_day'),
        ),
    ]
