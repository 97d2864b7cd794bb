import uuid

import django.db.models.deletion
from django.db import migrations, models

import tenants.kernel.clock


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0006_found_by_barcode_and_family'),
        ('stock', '0002_movements_are_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='PackOpening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pack', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='catalog.pack')),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='stock.stocklocation')),
                ('change', models.BigIntegerField(verbose_name='packs')),
                ('base_quantity', models.BigIntegerField()),
                ('reason', models.CharField(max_length=60, verbose_name='reason')),
                ('reference', models.CharField(max_length=120, verbose_name='reference')),
                ('key', models.CharField(blank=True, max_length=280, null=True, unique=True)),
                ('by', models.CharField(max_length=80)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='SealedPack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pack', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sealed_packs', to='catalog.pack')),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sealed_packs', to='stock.stocklocation')),
                ('count', models.BigIntegerField(default=0, verbose_name='unopened')),
            ],
        ),
        migrations.CreateModel(
            name='StockCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='counts', to='stock.stocklocation')),
                ('number', models.CharField(max_length=6, unique=True)),
                ('state', models.CharField(choices=[('open', 'being counted'), ('applied', 'applied'), ('dropped', 'given up')], default='open', max_length=8)),
                ('opened_by', models.CharField(max_length=80)),
                ('opened_at', models.DateTimeField(default=tenants.kernel.clock.now)),
                ('closed_by', models.CharField(blank=True, max_length=80)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='StockCountLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='count_lines', to='catalog.product')),
                ('count', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='stock.stockcount')),
                ('system', models.BigIntegerField()),
                ('counted', models.BigIntegerField(verbose_name='counted')),
                ('reason', models.CharField(default='count', max_length=60, verbose_name='reason')),
                ('by', models.CharField(max_length=80)),
                ('at', models.DateTimeField(default=tenants.kernel.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name='StockLot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stock_lots', to='catalog.product')),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='stock.stocklocation')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('expires_on', models.DateField(verbose_name='good until')),
                ('received_on', models.DateField(verbose_name='came on')),
                ('left', models.BigIntegerField(default=0, verbose_name='left')),
            ],
            options={
                'ordering': ['expires_on', 'received_on', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='stocklevel',
            name='dated',
            field=models.BigIntegerField(db_default=0, default=0, verbose_name='with a date'),
        ),
        migrations.AddField(
            model_name='stocklevel',
            name='low_at',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='tell me below'),
        ),
        migrations.AddField(
            model_name='stocklevel',
            name='sealed',
            field=models.BigIntegerField(db_default=0, default=0, verbose_name='unopened'),
        ),
        migrations.AddIndex(
            model_name='packopening',
            index=models.Index(fields=['location', 'pack', '-id'], name='opening_of_pack'),
        ),
        migrations.AddConstraint(
            model_name='packopening',
            constraint=models.CheckConstraint(condition=models.Q(('change', 0), _negated=True), name='opening_changes'),
        ),
        migrations.AddConstraint(
            model_name='sealedpack',
            constraint=models.UniqueConstraint(fields=('location', 'pack'), name='sealed_once'),
        ),
        migrations.AddConstraint(
            model_name='sealedpack',
            constraint=models.CheckConstraint(condition=models.Q(('count__gte', 0)), name='sealed_count_real'),
        ),
        migrations.AddConstraint(
            model_name='stockcount',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('location',), name='count_one_open'),
        ),
        migrations.AddConstraint(
            model_name='stockcountline',
            constraint=models.UniqueConstraint(fields=('count', 'product'), name='count_line_once'),
        ),
        migrations.AddConstraint(
            model_name='stockcountline',
            constraint=models.CheckConstraint(condition=models.Q(('counted__gte', 0), ('system__gte', 0)), name='count_line_real'),
        ),
        migrations.AddIndex(
            model_name='stocklot',
            index=models.Index(condition=models.Q(('left__gt', 0)), fields=['location', 'expires_on'], name='lot_expiring'),
        ),
        migrations.AddConstraint(
            model_name='stocklot',
            constraint=models.UniqueConstraint(fields=('location', 'product', 'expires_on', 'received_on'), name='lot_once'),
        ),
        migrations.AddConstraint(
            model_name='stocklot',
            constraint=models.CheckConstraint(condition=models.Q(('left__gte', 0)), name='lot_left_real'),
        ),
    ]
