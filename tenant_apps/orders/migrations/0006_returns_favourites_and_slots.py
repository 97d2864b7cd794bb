import django.db.models.deletion
import tenants.kernel.clock
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0006_found_by_barcode_and_family'),
        ('orders', '0005_orders_are_found_by_purchase'),
        ('warungs', '0003_how_goods_reach_people'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Favourite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField(auto_now_add=True)),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.product')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='favourites', to=settings.AUTH_USER_MODEL)),
                ('warung', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='warungs.warung')),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Return',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=6, unique=True, verbose_name='number')),
                ('state', models.CharField(choices=[('asked', 'waiting for the warung'), ('accepted', 'taken back'), ('refused', 'not taken back')], default='asked', editable=False, max_length=8, verbose_name='state')),
                ('reason', models.CharField(max_length=240, verbose_name='reason')),
                ('answer', models.CharField(blank=True, max_length=240, verbose_name='answer')),
                ('asked_at', models.DateTimeField(default=tenants.kernel.clock.now)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.CharField(blank=True, max_length=80)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='orders.order')),
            ],
            options={
                'verbose_name': 'return',
                'verbose_name_plural': 'returns',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='ReturnLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('base_quantity', models.BigIntegerField()),
                ('amount', models.BigIntegerField()),
                ('on_shelf', models.BooleanField(blank=True, null=True)),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='orders.return')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returned', to='orders.orderline')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ShopTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('only', models.BooleanField(default=True, editable=False, unique=True)),
                ('return_days', models.PositiveSmallIntegerField(verbose_name='days to bring goods back')),
            ],
        ),
        migrations.AddField(
            model_name='order',
            name='due_from',
            field=models.TimeField(blank=True, null=True, verbose_name='from'),
        ),
        migrations.AddField(
            model_name='order',
            name='due_on',
            field=models.DateField(blank=True, null=True, verbose_name='delivery day'),
        ),
        migrations.AddField(
            model_name='order',
            name='due_until',
            field=models.TimeField(blank=True, null=True, verbose_name='until'),
        ),
        migrations.AddField(
            model_name='order',
            name='share',
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='order',
            name='slot',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='orders', to='warungs.deliveryslot'),
        ),
        migrations.AddField(
            model_name='orderline',
            name='may_replace',
            field=models.BooleanField(db_default=False, default=False, verbose_name='may be replaced'),
        ),
        migrations.AddField(
            model_name='orderline',
            name='note',
            field=models.CharField(blank=True, db_default='', default='', max_length=120, verbose_name='note'),
        ),
        migrations.AddField(
            model_name='packedline',
            name='replaced_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='stands_for', to='orders.orderline'),
        ),
        migrations.AddConstraint(
            model_name='shopterms',
            constraint=models.CheckConstraint(condition=models.Q(('only', True)), name='shop_terms_only_one'),
        ),
        migrations.AddConstraint(
            model_name='shopterms',
            constraint=models.CheckConstraint(condition=models.Q(('return_days__lte', 90)), name='shop_terms_days_sensible'),
        ),
        migrations.AddConstraint(
            model_name='favourite',
            constraint=models.UniqueConstraint(fields=('user', 'warung'), name='favourite_warung_once'),
        ),
        migrations.AddConstraint(
            model_name='favourite',
            constraint=models.UniqueConstraint(fields=('user', 'product'), name='favourite_product_once'),
        ),
        migrations.AddConstraint(
            model_name='favourite',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('product__isnull', False), ('warung__isnull', True)), models.Q(('product__isnull', True), ('warung__isnull', False)), _connector='OR'), name='favourite_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('order',), name='return_one_open'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'accepted', 'refused'])), name='return_state_known'),
        ),
        migrations.AddConstraint(
            model_name='returnline',
            constraint=models.UniqueConstraint(fields=('document', 'line'), name='return_line_once'),
        ),
        migrations.AddConstraint(
            model_name='returnline',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('base_quantity__gt', 0)), name='return_line_positive'),
        ),
    ]
