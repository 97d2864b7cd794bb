import django.db.models.deletion
import tenants.kernel.clock
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0004_moves_of_each_side'),
        ('supplier_catalog', '0004_pools'),
        ('tenants', '0004_regions_see_themselves'),
    ]

    operations = [
        migrations.CreateModel(
            name='Pool',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.CharField(max_length=6, unique=True, verbose_name='number')),
                ('key', models.UUIDField(editable=False)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('closes_at', models.DateTimeField(verbose_name='closes at')),
                ('state', models.CharField(choices=[('gathering', 'is gathering'), ('closed', 'closed, prices stand'), ('ended', 'over'), ('cancelled', 'cancelled')], default='gathering', editable=False, max_length=10, verbose_name='state')),
                ('made_at', models.DateTimeField(default=tenants.kernel.clock.now)),
                ('closed_at', models.DateTimeField(editable=False, null=True)),
                ('moved_at', models.DateTimeField(default=tenants.kernel.clock.now, editable=False)),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hosted_pools', to='tenants.region')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pools', to='supplier_catalog.supplierorganisation')),
            ],
            options={
                'verbose_name': 'joint purchase',
                'verbose_name_plural': 'joint purchases',
                'ordering': ['-made_at', '-pk'],
                'indexes': [
                    models.Index(fields=['state', 'closes_at'], name='exchange_pool_due'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('state__in', ['gathering', 'closed', 'ended', 'cancelled'])), name='exchange_pool_state_known'),
                    models.UniqueConstraint(fields=('host', 'key'), name='exchange_pool_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PoolEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region_name', models.CharField(blank=True, max_length=120)),
                ('move', models.CharField(max_length=10)),
                ('reason', models.CharField(blank=True, max_length=240)),
                ('at', models.DateTimeField()),
                ('pool', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='history', to='exchange.pool')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.region')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='PoolLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sku', models.CharField(max_length=60, verbose_name='SKU')),
                ('name', models.CharField(max_length=160, verbose_name='article')),
                ('pack_label', models.CharField(max_length=40, verbose_name='pack')),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pool_lines', to='supplier_catalog.offer')),
                ('pool', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='exchange.pool')),
            ],
            options={
                'ordering': ['name', 'pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('pool', 'offer'), name='exchange_pool_line_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PooledLine',
            fields=[
                ('order_line', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='pooled', serialize=False, to='exchange.supplierorderline')),
                ('reached', models.PositiveIntegerField(verbose_name='tier from')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='order_lines', to='exchange.poolline')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='PoolMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region_name', models.CharField(blank=True, max_length=120)),
                ('state', models.CharField(choices=[('invited', 'invited'), ('joined', 'joined'), ('left', 'left')], default='invited', max_length=8, verbose_name='state')),
                ('invited_at', models.DateTimeField(default=tenants.kernel.clock.now)),
                ('moved_at', models.DateTimeField(default=tenants.kernel.clock.now)),
                ('pool', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='exchange.pool')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pools', to='tenants.region')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('state__in', ['invited', 'joined', 'left'])), name='exchange_pool_member_known'),
                    models.UniqueConstraint(fields=('pool', 'region'), name='exchange_pool_member_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PoolPledge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cartons', models.PositiveIntegerField(verbose_name='packs')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pledges', to='exchange.poolline')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.region')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('line', 'region'), name='exchange_pool_pledge_once'),
                    models.CheckConstraint(condition=models.Q(('cartons__gt', 0)), name='exchange_pool_pledge_positive'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PoolTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cartons', models.PositiveIntegerField(verbose_name='packs')),
                ('regions', models.PositiveIntegerField(verbose_name='regions')),
                ('reached', models.PositiveIntegerField(verbose_name='tier from')),
                ('line', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='total', to='exchange.poolline')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
    ]
