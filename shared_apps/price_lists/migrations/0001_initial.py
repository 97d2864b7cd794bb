import django.db.models.deletion
import shared_apps.price_lists.models
import tenants.kernel.clock
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('regions', '0002_regions_read_areas'),
        ('supplier_catalog', '0003_regions_see_what_covers_them'),
        ('tenants', '0004_regions_see_themselves'),
    ]

    operations = [
        migrations.CreateModel(
            name='SupplierColumns',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='list_columns', to='supplier_catalog.supplierorganisation')),
                ('meanings', models.JSONField(default=dict)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='PriceFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='price_feeds', to='supplier_catalog.supplierorganisation')),
                ('url', models.CharField(max_length=500, verbose_name='address of the list')),
                ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.area')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.region')),
                ('every', models.PositiveSmallIntegerField(choices=[(1, 'each hour'), (6, 'each six hours'), (24, 'each day'), (168, 'each week')], default=24, verbose_name='how often')),
                ('is_automatic', models.BooleanField(default=False, verbose_name='is applied by itself')),
                ('is_paused', models.BooleanField(default=False, verbose_name='paused')),
                ('next_at', models.DateTimeField(default=tenants.kernel.clock.now)),
                ('etag', models.CharField(blank=True, max_length=200)),
                ('modified', models.CharField(blank=True, max_length=60)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('pulled_at', models.DateTimeField(null=True)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('failure', models.CharField(blank=True, max_length=300)),
                ('ended_at', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField(default=tenants.kernel.clock.now, editable=False)),
                ('by', models.CharField(max_length=80)),
            ],
            options={
                'verbose_name': 'address of a price list',
                'verbose_name_plural': 'addresses of price lists',
                'ordering': ['pk'],
                'indexes': [models.Index(condition=models.Q(('ended_at', None), ('is_paused', False)), fields=['next_at'], name='price_feed_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('area__isnull', False), ('region__isnull', True)), models.Q(('area__isnull', True), ('region__isnull', False)), _connector='OR'), name='price_feed_for_area_or_region')],
            },
        ),
        migrations.CreateModel(
            name='PriceList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='price_lists', to='supplier_catalog.supplierorganisation')),
                ('feed', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lists', to='price_lists.pricefeed')),
                ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.area')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.region')),
                ('file', models.FileField(upload_to=shared_apps.price_lists.models.list_path)),
                ('file_name', models.CharField(max_length=160, verbose_name='file')),
                ('sha256', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('uploaded', 'columns to be looked at'), ('reading', 'being read'), ('ready', 'to be looked at'), ('applying', 'being applied'), ('applied', 'applied'), ('undoing', 'being undone'), ('undone', 'undone'), ('dropped', 'dropped'), ('failed', 'stopped')], default='uploaded', editable=False, max_length=10, verbose_name='state')),
                ('headings', models.JSONField(default=list)),
                ('head_line', models.PositiveIntegerField(default=1)),
                ('columns', models.JSONField(default=list)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('counts', models.JSONField(default=dict)),
                ('failure', models.CharField(blank=True, max_length=300)),
                ('made_at', models.DateTimeField(default=tenants.kernel.clock.now, editable=False)),
                ('moved_at', models.DateTimeField(default=tenants.kernel.clock.now, editable=False)),
                ('touched_at', models.DateTimeField(default=tenants.kernel.clock.now, editable=False)),
                ('by', models.CharField(max_length=80)),
            ],
            options={
                'verbose_name': 'price list',
                'verbose_name_plural': 'price lists',
                'ordering': ['-pk'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['reading', 'applying', 'undoing'])), fields=['touched_at'], name='price_list_at_work')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('area__isnull', False), ('region__isnull', True)), models.Q(('area__isnull', True), ('region__isnull', False)), _connector='OR'), name='price_list_for_area_or_region'), models.CheckConstraint(condition=models.Q(('state__in', ['uploaded', 'reading', 'ready', 'applying', 'applied', 'undoing', 'undone', 'dropped', 'failed'])), name='price_list_state_known')],
            },
        ),
        migrations.CreateModel(
            name='PriceListEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('price_list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='history', to='price_lists.pricelist')),
                ('move', models.CharField(max_length=20)),
                ('before', models.CharField(blank=True, max_length=10)),
                ('after', models.CharField(choices=[('uploaded', 'columns to be looked at'), ('reading', 'being read'), ('ready', 'to be looked at'), ('applying', 'being applied'), ('applied', 'applied'), ('undoing', 'being undone'), ('undone', 'undone'), ('dropped', 'dropped'), ('failed', 'stopped')], max_length=10)),
                ('by', models.CharField(max_length=80)),
                ('reason', models.CharField(blank=True, max_length=240)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='PriceListRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('price_list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='price_lists.pricelist')),
                ('number', models.PositiveIntegerField(null=True)),
                ('sku', models.CharField(blank=True, max_length=200)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('cells', models.JSONField(default=list)),
                ('kind', models.CharField(choices=[('new', 'new'), ('changed', 'changed'), ('same', 'as it is'), ('bad', 'to be mended'), ('missing', 'not in the list')], max_length=8)),
                ('changes', models.JSONField(default=list)),
                ('price', models.BigIntegerField(null=True)),
                ('percent', models.IntegerField(null=True)),
                ('jumps', models.BooleanField(default=False)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('offers', models.JSONField(default=list)),
                ('chosen', models.BooleanField(default=False)),
                ('outcome', models.CharField(blank=True, choices=[('', 'waiting'), ('applied', 'applied'), ('refused', 'refused'), ('back', 'undone'), ('left', 'left as it is')], default='', max_length=8)),
                ('published', models.JSONField(null=True)),
            ],
            options={
                'verbose_name': 'row of a price list',
                'verbose_name_plural': 'rows of price lists',
                'ordering': ['number', 'pk'],
                'indexes': [models.Index(fields=['price_list', 'kind', 'number', 'id'], name='price_list_row_of_kind'), models.Index(condition=models.Q(('chosen', True), ('outcome', '')), fields=['price_list', 'id'], name='price_list_row_waits'), models.Index(condition=models.Q(('outcome', 'applied')), fields=['price_list', 'id'], name='price_list_row_applied')],
                'constraints': [models.UniqueConstraint(fields=('price_list', 'number'), name='price_list_row_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['new', 'changed', 'same', 'bad', 'missing'])), name='price_list_row_kind_known'), models.CheckConstraint(condition=models.Q(('chosen', False), ('kind__in', ['new', 'changed', 'missing']), _connector='OR'), name='price_list_row_choosable')],
            },
        ),
    ]
