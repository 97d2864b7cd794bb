
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bank_sampah', '0009_found_at_size'),
    ]

    operations = [
        migrations.CreateModel(
            name='EarlierSlips',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.BigIntegerField()),
                ('done', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('done__gte', 0), ('done__lte', models.F('until'))), name='earlier_slips_within')],
            },
        ),
        migrations.CreateModel(
            name='GradeMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='month')),
                ('quantity', models.BigIntegerField(verbose_name='quantity')),
                ('value', models.BigIntegerField(verbose_name='value')),
                ('grade', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='months', to='bank_sampah.wastegrade')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='grade_months', to='bank_sampah.wasteunit')),
            ],
            options={
                'ordering': ['month', 'unit', 'grade'],
                'constraints': [models.UniqueConstraint(fields=('month', 'unit', 'grade'), name='grade_month_once'), models.CheckConstraint(condition=models.Q(('quantity__gte', 0), ('value__gte', 0)), name='grade_month_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='MemberYear',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('slips', models.BigIntegerField(verbose_name='slips')),
                ('member', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='years', to='bank_sampah.member')),
            ],
            options={
                'ordering': ['year', 'member'],
                'constraints': [models.UniqueConstraint(fields=('year', 'member'), name='member_year_once'), models.CheckConstraint(condition=models.Q(('slips__gte', 0)), name='member_year_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='UnitMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='month')),
                ('slips', models.BigIntegerField(verbose_name='slips')),
                ('grams', models.BigIntegerField(verbose_name='weight')),
                ('value', models.BigIntegerField(verbose_name='value')),
                ('share', models.BigIntegerField(verbose_name="committee's share")),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='months', to='bank_sampah.wasteunit')),
            ],
            options={
                'ordering': ['month', 'unit'],
                'constraints': [models.UniqueConstraint(fields=('month', 'unit'), name='unit_month_once'), models.CheckConstraint(condition=models.Q(('grams__gte', 0), ('share__gte', 0), ('slips__gte', 0), ('value__gte', 0)), name='unit_month_not_negative')],
            },
        ),
    ]
