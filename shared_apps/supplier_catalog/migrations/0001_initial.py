import django.db.models.deletion
import django.db.models.functions.text
import shared_apps.supplier_catalog.models.articles
import shared_apps.supplier_catalog.models.organisations
import tenants.kernel.clock
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('identity', '0002_session_epoch'),
        ('regions', '0002_regions_read_areas'),
        ('tenants', '0004_regions_see_themselves'),
    ]

    operations = [
        migrations.CreateModel(
            name='SupplierOrganisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('nib', models.CharField(max_length=13, verbose_name='NIB')),
                ('npwp', models.CharField(blank=True, max_length=16, verbose_name='NPWP')),
                ('address', models.CharField(max_length=240, verbose_name='address')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.area', verbose_name='area')),
                ('phone', models.CharField(max_length=16, verbose_name='phone')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('about', models.CharField(blank=True, max_length=400, verbose_name='about the business')),
                ('state', models.CharField(choices=[('registered', 'waiting to be verified'), ('verified', 'verified'), ('suspended', 'suspended'), ('refused', 'refused')], default='registered', editable=False, max_length=10, verbose_name='state')),
                ('minimum_order', models.BigIntegerField(default=0, verbose_name='smallest order')),
                ('order_freight', models.BigIntegerField(default=0, verbose_name='freight of an order')),
                ('db_role', models.CharField(default=shared_apps.supplier_catalog.models.organisations.new_supplier_role, editable=False, max_length=18, unique=True)),
                ('registered_at', models.DateTimeField(default=tenants.kernel.clock.now, editable=False)),
                ('moved_at', models.DateTimeField(default=tenants.kernel.clock.now, editable=False)),
            ],
            options={
                'verbose_name': 'supplier',
                'verbose_name_plural': 'suppliers',
                'ordering': ['name', 'pk'],
                'indexes': [models.Index(fields=['state', 'registered_at'], name='supplier_queue')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['registered', 'verified', 'suspended', 'refused'])), name='supplier_state_known'), models.CheckConstraint(condition=models.Q(('nib__regex', '^[0-9]{13}$')), name='supplier_nib_form'), models.CheckConstraint(condition=models.Q(('npwp', ''), ('npwp__regex', '^[0-9]{15,16}$'), _connector='OR'), name='supplier_npwp_form'), models.UniqueConstraint(condition=models.Q(('state', 'refused'), _negated=True), fields=('nib',), name='supplier_nib_once'), models.CheckConstraint(condition=models.Q(('minimum_order__gte', 0), ('order_freight__gte', 0)), name='supplier_terms_not_negative'), models.CheckConstraint(condition=models.Q(('db_role__regex', '^s_[0-9a-f]{16}$')), name='supplier_role_is_generated')],
            },
        ),
        migrations.CreateModel(
            name='SupplierEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='history', to='supplier_catalog.supplierorganisation')),
                ('move', models.CharField(max_length=20)),
                ('before', models.CharField(blank=True, max_length=10)),
                ('after', models.CharField(choices=[('registered', 'waiting to be verified'), ('verified', 'verified'), ('suspended', 'suspended'), ('refused', 'refused')], max_length=10)),
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
            name='SupplierMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='supplier_catalog.supplierorganisation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='supplier_memberships', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('admin', 'administrator'), ('catalogue', 'catalogue'), ('orders', 'orders')], max_length=10, verbose_name='role')),
                ('joined_at', models.DateTimeField(default=tenants.kernel.clock.now)),
            ],
            options={
                'ordering': ['joined_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'user'), name='supplier_member_once'), models.CheckConstraint(condition=models.Q(('role__in', ['admin', 'catalogue', 'orders'])), name='supplier_member_role_known')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='SupplierInvitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='supplier_catalog.supplierorganisation')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('role', models.CharField(choices=[('admin', 'administrator'), ('catalogue', 'catalogue'), ('orders', 'orders')], max_length=10, verbose_name='role')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('by', models.CharField(max_length=80)),
                ('made_at', models.DateTimeField(default=tenants.kernel.clock.now)),
                ('ends_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('accepted_at', None), ('withdrawn_at', None)), fields=('organisation', 'email'), name='supplier_invitation_open_once'), models.CheckConstraint(condition=models.Q(('role__in', ['admin', 'catalogue', 'orders'])), name='supplier_invitation_role_known')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='SupplierArea',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='areas', to='supplier_catalog.supplierorganisation')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.area')),
            ],
            options={
                'ordering': ['area'],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'area'), name='supplier_area_once')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='articles', to='supplier_catalog.supplierorganisation')),
                ('sku', models.CharField(max_length=60, verbose_name='SKU')),
                ('is_active', models.BooleanField(default=True, verbose_name='is sold')),
                ('photo', models.FileField(blank=True, upload_to=shared_apps.supplier_catalog.models.articles.photo_path, verbose_name='photo')),
                ('made_at', models.DateTimeField(default=tenants.kernel.clock.now, editable=False)),
            ],
            options={
                'verbose_name': 'article',
                'verbose_name_plural': 'articles',
                'ordering': ['sku', 'pk'],
                'constraints': [models.UniqueConstraint(models.F('organisation'), django.db.models.functions.text.Upper('sku'), name='article_sku_once'), models.CheckConstraint(condition=models.Q(('sku__regex', '[^[:space:]]')), name='article_has_sku')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='ArticleVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='supplier_catalog.article')),
                ('number', models.PositiveIntegerField(verbose_name='version')),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('brand', models.CharField(blank=True, max_length=80, verbose_name='brand')),
                ('base_unit', models.CharField(choices=[('g', 'g'), ('ml', 'ml'), ('pcs', 'pcs')], max_length=3, verbose_name='unit')),
                ('tax', models.CharField(choices=[('none', 'no PPN'), ('included', 'PPN is in the price'), ('added', 'PPN comes on top')], default='none', max_length=8, verbose_name='PPN')),
                ('catch_weight', models.BooleanField(default=False, verbose_name='is weighed on arrival')),
                ('made_at', models.DateTimeField(default=tenants.kernel.clock.now, editable=False)),
                ('by', models.CharField(max_length=80)),
            ],
            options={
                'verbose_name': 'version of an article',
                'verbose_name_plural': 'versions of articles',
                'ordering': ['article', '-number'],
                'constraints': [models.UniqueConstraint(fields=('article', 'number'), name='article_version_once'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='article_version_counts'), models.CheckConstraint(condition=models.Q(('tax__in', ['none', 'included', 'added'])), name='article_tax_known'), models.CheckConstraint(condition=models.Q(('base_unit__in', ['g', 'ml', 'pcs'])), name='article_unit_known')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='ArticlePack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='packs', to='supplier_catalog.articleversion')),
                ('label', models.CharField(max_length=40, verbose_name='pack')),
                ('base_quantity', models.BigIntegerField(verbose_name='content')),
                ('barcode', models.CharField(blank=True, max_length=14, verbose_name='barcode')),
                ('order', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'pack of an article',
                'verbose_name_plural': 'packs of articles',
                'ordering': ['order', 'pk'],
                'indexes': [models.Index(condition=models.Q(('barcode', ''), _negated=True), fields=['barcode'], name='article_pack_barcode')],
                'constraints': [models.UniqueConstraint(fields=('version', 'label'), name='article_pack_once'), models.CheckConstraint(condition=models.Q(('base_quantity__gt', 0)), name='article_pack_holds_something')],
            },
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='supplier_catalog.supplierorganisation')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='supplier_catalog.article')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='supplier_catalog.articleversion')),
                ('pack', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='supplier_catalog.articlepack')),
                ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.area')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.region')),
                ('least', models.PositiveIntegerField(default=1, verbose_name='fewest packs')),
                ('most', models.PositiveIntegerField(blank=True, null=True, verbose_name='most packs')),
                ('lead_days', models.PositiveSmallIntegerField(default=1, verbose_name='days until delivery')),
                ('freight', models.BigIntegerField(default=0, verbose_name='freight of a pack')),
                ('valid_from', models.DateField(verbose_name='from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='until')),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('made_at', models.DateTimeField(default=tenants.kernel.clock.now, editable=False)),
                ('by', models.CharField(max_length=80)),
            ],
            options={
                'verbose_name': 'offer',
                'verbose_name_plural': 'offers',
                'ordering': ['article', '-valid_from', '-pk'],
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['area', 'article'], name='offer_in_area'), models.Index(condition=models.Q(('ended_at', None)), fields=['region', 'article'], name='offer_to_region')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('area__isnull', False), ('region__isnull', True)), models.Q(('area__isnull', True), ('region__isnull', False)), _connector='OR'), name='offer_for_area_or_region'), models.UniqueConstraint(condition=models.Q(('ended_at', None), ('region', None)), fields=('article', 'area', 'valid_from'), name='offer_once_in_area'), models.UniqueConstraint(condition=models.Q(('area', None), ('ended_at', None)), fields=('article', 'region', 'valid_from'), name='offer_once_to_region'), models.CheckConstraint(condition=models.Q(('freight__gte', 0), ('least__gte', 1), models.Q(('most', None), ('most__gte', models.F('least')), _connector='OR')), name='offer_amounts_make_sense'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='offer_days_in_order')],
            },
        ),
        migrations.CreateModel(
            name='OfferTier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tiers', to='supplier_catalog.offer')),
                ('packs', models.PositiveIntegerField(verbose_name='from so many packs on')),
                ('price', models.BigIntegerField(verbose_name='price of a pack')),
            ],
            options={
                'verbose_name': 'price tier',
                'verbose_name_plural': 'price tiers',
                'ordering': ['packs'],
                'constraints': [models.UniqueConstraint(fields=('offer', 'packs'), name='offer_tier_once'), models.CheckConstraint(condition=models.Q(('packs__gte', 1), ('price__gt', 0)), name='offer_tier_positive')],
                'indexes': [],
            },
        ),
        migrations.AddField(
            model_name='article',
            name='current',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supplier_catalog.articleversion'),
        ),
    ]
