import django.db.models.deletion
import shared_apps.exchange.models.connectors
import tenants.kernel.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0006_pools_each_sees_its_own'),
        ('supplier_catalog', '0003_regions_see_what_covers_them'),
    ]

    operations = [
        migrations.CreateModel(
            name='Connector',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='connector', to='supplier_catalog.supplierorganisation')),
                ('kind', models.CharField(choices=[('portal', 'in the portal, with a mail that leads there'), ('email', 'by mail, with a link that needs no password'), ('http', 'from programme to programme')], default='portal', max_length=8, verbose_name='orders come')),
                ('url', models.CharField(blank=True, max_length=400, verbose_name='address')),
                ('salt', models.CharField(default=shared_apps.exchange.models.connectors.new_salt, editable=False, max_length=32)),
                ('is_active', models.BooleanField(default=True, verbose_name='is used')),
                ('reached_at', models.DateTimeField(editable=False, null=True)),
                ('failure', models.CharField(blank=True, editable=False, max_length=240)),
                ('changed_at', models.DateTimeField(default=tenants.kernel.clock.now, editable=False)),
                ('by', models.CharField(max_length=80)),
            ],
            options={
                'verbose_name': 'connector',
                'verbose_name_plural': 'connectors',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['portal', 'email', 'http'])), name='connector_kind_known'), models.CheckConstraint(condition=models.Q(('kind', 'http'), ('url', ''), _negated=True), name='connector_has_address')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='ConnectorEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='connector_events', to='supplier_catalog.supplierorganisation')),
                ('event_id', models.CharField(max_length=80)),
                ('number', models.CharField(max_length=6)),
                ('body', models.TextField()),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('applied', 'applied'), ('refused', 'refused')], default='waiting', max_length=8)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('answer', models.JSONField(null=True)),
                ('at', models.DateTimeField(default=tenants.kernel.clock.now)),
                ('done_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['organisation', 'number'], name='connector_event_waits')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'event_id'), name='connector_event_once'), models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'applied', 'refused'])), name='connector_event_state_known')],
            },
        ),
    ]
