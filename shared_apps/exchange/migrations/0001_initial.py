import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('supplier_catalog', '0001_initial'),
        ('tenants', '0004_regions_see_themselves'),
    ]

    operations = [
        migrations.CreateModel(
            name='SupplierOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.CharField(max_length=6, unique=True, verbose_name='number')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='supplier_orders', to='tenants.region')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='supplier_catalog.supplierorganisation')),
                ('key', models.UUIDField(editable=False)),
                ('state', models.CharField(choices=[('sent', 'sent'), ('changed', 'changed by the supplier'), ('confirmed', 'confirmed'), ('shipped', 'on the way'), ('received', 'received'), ('invoiced', 'invoiced'), ('paid', 'paid'), ('refused', 'refused by the supplier'), ('cancelled', 'cancelled')], default='sent', editable=False, max_length=10, verbose_name='state')),
                ('cycle', models.CharField(blank=True, max_length=120, verbose_name='cycle')),
                ('buyer', models.CharField(max_length=160, verbose_name='buyer')),
                ('buyer_address', models.CharField(blank=True, max_length=240, verbose_name='address')),
                ('buyer_phone', models.CharField(blank=True, max_length=16, verbose_name='phone')),
                ('wanted_on', models.DateField(verbose_name='wanted on')),
                ('promised_on', models.DateField(null=True, verbose_name='promised on')),
                ('note', models.CharField(blank=True, max_length=240, verbose_name='note')),
                ('supplier_note', models.CharField(blank=True, max_length=240, verbose_name="the supplier's note")),
                ('goods', models.BigIntegerField(verbose_name='goods')),
                ('tax', models.BigIntegerField(default=0, verbose_name='PPN on top')),
                ('freight', models.BigIntegerField(default=0, verbose_name='freight')),
                ('sent_at', models.DateTimeField(verbose_name='sent at')),
                ('moved_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'supplier order',
                'verbose_name_plural': 'supplier orders',
                'ordering': ['-sent_at', '-pk'],
                'indexes': [models.Index(fields=['supplier', 'state', '-sent_at'], name='exchange_inbox'), models.Index(fields=['region', '-sent_at'], name='exchange_of_region')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['sent', 'changed', 'confirmed', 'shipped', 'received', 'invoiced', 'paid', 'refused', 'cancelled'])), name='exchange_order_state_known'), models.UniqueConstraint(fields=('region', 'key'), name='exchange_order_once'), models.CheckConstraint(condition=models.Q(('freight__gte', 0), ('goods__gt', 0), ('tax__gte', 0)), name='exchange_order_money')],
            },
        ),
        migrations.CreateModel(
            name='SupplierOrderLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='exchange.supplierorder')),
                ('position', models.PositiveSmallIntegerField()),
                ('offer', models.UUIDField()),
                ('version', models.UUIDField()),
                ('sku', models.CharField(max_length=60, verbose_name='SKU')),
                ('name', models.CharField(max_length=160, verbose_name='article')),
                ('pack_label', models.CharField(max_length=40, verbose_name='pack')),
                ('base_unit', models.CharField(choices=[('g', 'g'), ('ml', 'ml'), ('pcs', 'pcs')], max_length=3)),
                ('base_quantity', models.BigIntegerField()),
                ('barcode', models.CharField(blank=True, max_length=14)),
                ('tax', models.CharField(choices=[('none', 'no PPN'), ('included', 'PPN is in the price'), ('added', 'PPN comes on top')], max_length=8)),
                ('catch_weight', models.BooleanField(default=False)),
                ('packs', models.PositiveIntegerField(verbose_name='ordered')),
                ('price', models.BigIntegerField(verbose_name='price')),
                ('packs_confirmed', models.PositiveIntegerField(null=True, verbose_name='confirmed')),
                ('price_confirmed', models.BigIntegerField(null=True, verbose_name='confirmed price')),
                ('packs_shipped', models.PositiveIntegerField(default=0, verbose_name='shipped')),
                ('packs_received', models.PositiveIntegerField(default=0, verbose_name='received')),
                ('packs_rejected', models.PositiveIntegerField(default=0, verbose_name='rejected')),
            ],
            options={
                'verbose_name': 'line of a supplier order',
                'verbose_name_plural': 'lines of supplier orders',
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('order', 'position'), name='exchange_line_once'), models.UniqueConstraint(fields=('order', 'offer'), name='exchange_line_offer_once'), models.CheckConstraint(condition=models.Q(('base_quantity__gt', 0), ('packs__gt', 0), ('packs__lte', 999999), ('price__gt', 0)), name='exchange_line_positive'), models.CheckConstraint(condition=models.Q(models.Q(('packs_confirmed', None), ('packs_confirmed__lte', models.F('packs')), _connector='OR'), models.Q(('price_confirmed', None), ('price_confirmed__gt', 0), _connector='OR')), name='exchange_line_confirmed'), models.CheckConstraint(condition=models.Q(('packs_shipped', 0), models.Q(('packs_confirmed__isnull', False), ('packs_shipped__lte', models.F('packs_confirmed'))), _connector='OR'), name='exchange_line_shipped'), models.CheckConstraint(condition=models.Q(('packs_shipped__gte', django.db.models.expressions.CombinedExpression(models.F('packs_received'), '+', models.F('packs_rejected')))), name='exchange_line_received')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='SupplierOrderEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='history', to='exchange.supplierorder')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.region')),
                ('move', models.CharField(max_length=20)),
                ('before', models.CharField(blank=True, max_length=10)),
                ('after', models.CharField(choices=[('sent', 'sent'), ('changed', 'changed by the supplier'), ('confirmed', 'confirmed'), ('shipped', 'on the way'), ('received', 'received'), ('invoiced', 'invoiced'), ('paid', 'paid'), ('refused', 'refused by the supplier'), ('cancelled', 'cancelled')], max_length=10)),
                ('side', models.CharField(choices=[('region', 'region'), ('supplier', 'supplier')], max_length=8)),
                ('by', models.CharField(max_length=80)),
                ('reason', models.CharField(blank=True, max_length=240)),
                ('at', models.DateTimeField()),
                ('told_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(condition=models.Q(('side', 'supplier'), ('told_at', None)), fields=['region'], name='exchange_untold')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Shipment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shipments', to='exchange.supplierorder')),
                ('number', models.PositiveSmallIntegerField(verbose_name='delivery')),
                ('key', models.UUIDField(editable=False)),
                ('shipped_on', models.DateField(verbose_name='sent off on')),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='number on the delivery note')),
                ('note', models.CharField(blank=True, max_length=240, verbose_name='note')),
                ('by', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('order', 'number'), name='exchange_shipment_number_once'), models.UniqueConstraint(fields=('order', 'key'), name='exchange_shipment_once')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='ShipmentLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shipment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='exchange.shipment')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shipped', to='exchange.supplierorderline')),
                ('packs', models.PositiveIntegerField(verbose_name='packs')),
                ('grams', models.BigIntegerField(null=True, verbose_name='weight')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('shipment', 'line'), name='exchange_shipment_line_once'), models.CheckConstraint(condition=models.Q(('packs__gt', 0), models.Q(('grams', None), ('grams__gt', 0), _connector='OR')), name='exchange_shipment_line_positive')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='SupplierInvoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='exchange.supplierorder')),
                ('number', models.CharField(max_length=60, verbose_name='invoice number')),
                ('issued_on', models.DateField(verbose_name='issued on')),
                ('due_on', models.DateField(null=True, verbose_name='due on')),
                ('goods', models.BigIntegerField(verbose_name='goods')),
                ('tax', models.BigIntegerField(default=0, verbose_name='PPN on top')),
                ('freight', models.BigIntegerField(default=0, verbose_name='freight')),
                ('state', models.CharField(choices=[('submitted', 'waiting to be checked'), ('disputed', 'disputed'), ('matched', 'matched'), ('paid', 'paid')], default='submitted', editable=False, max_length=10, verbose_name='state')),
                ('reason', models.CharField(blank=True, max_length=240, verbose_name='reason')),
                ('by', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('moved_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'supplier invoice',
                'verbose_name_plural': 'supplier invoices',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['submitted', 'disputed', 'matched', 'paid'])), name='exchange_invoice_state_known'), models.UniqueConstraint(fields=('order', 'number'), name='exchange_invoice_once'), models.CheckConstraint(condition=models.Q(('freight__gte', 0), ('goods__gte', 0), ('tax__gte', 0)), name='exchange_invoice_money')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='SupplierInvoiceLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='exchange.supplierinvoice')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoiced', to='exchange.supplierorderline')),
                ('packs', models.PositiveIntegerField(verbose_name='packs')),
                ('price', models.BigIntegerField(verbose_name='price')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('invoice', 'line'), name='exchange_invoice_line_once'), models.CheckConstraint(condition=models.Q(('packs__gt', 0), ('price__gt', 0)), name='exchange_invoice_line_positive')],
                'indexes': [],
            },
        ),
    ]
