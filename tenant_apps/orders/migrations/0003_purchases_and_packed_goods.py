import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0002_what_was_said_stays'),
        ('warungs', '0002_staff'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PackedLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='packed', to='orders.orderline')),
                ('base_quantity', models.BigIntegerField(verbose_name='packed quantity')),
                ('total', models.BigIntegerField(verbose_name='total')),
                ('by', models.CharField(max_length=80)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Purchase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=6, unique=True, verbose_name='number')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='purchases', to=settings.AUTH_USER_MODEL)),
                ('key', models.UUIDField(editable=False)),
                ('placed_at', models.DateTimeField(verbose_name='placed at')),
            ],
            options={
                'verbose_name': 'purchase',
                'verbose_name_plural': 'purchases',
                'ordering': ['-placed_at', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='order',
            name='pay',
            field=models.CharField(choices=[('cash', 'cash'), ('balance', 'WARSA balance'), ('qris', 'QRIS')], db_default='cash', default='cash', max_length=8, verbose_name='way to pay'),
        ),
        migrations.AddField(
            model_name='order',
            name='packed_goods',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='goods as packed'),
        ),
        migrations.AlterField(
            model_name='order',
            name='state',
            field=models.CharField(choices=[('unpaid', 'waiting for the payment'), ('placed', 'waiting for the warung'), ('accepted', 'being prepared'), ('packed', 'ready'), ('handed_over', 'handed over'), ('rejected', 'rejected'), ('cancelled', 'cancelled'), ('called_off', 'called off by the warung'), ('expired', 'not paid in time')], default='placed', editable=False, max_length=11, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='orderevent',
            name='after',
            field=models.CharField(choices=[('unpaid', 'waiting for the payment'), ('placed', 'waiting for the warung'), ('accepted', 'being prepared'), ('packed', 'ready'), ('handed_over', 'handed over'), ('rejected', 'rejected'), ('cancelled', 'cancelled'), ('called_off', 'called off by the warung'), ('expired', 'not paid in time')], max_length=11),
        ),
        migrations.AddField(
            model_name='order',
            name='purchase',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='orders.purchase'),
        ),
        AddConstraintNotValid(
            "order",
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        "unpaid", "placed", "accepted", "packed", "handed_over", "rejected", "cancelled", "called_off", "expired"
                    ]
                ),
                name="order_state_is_known",
            ),
        ),
        AddConstraintNotValid(
            "order",
            models.CheckConstraint(
                condition=models.Q(packed_goods__isnull=True) | models.Q(packed_goods__gt=0), name="order_packed_something"
            ),
        ),
        migrations.AddConstraint(
            model_name='packedline',
            constraint=models.CheckConstraint(condition=models.Q(('base_quantity__gte', 0), ('total__gte', 0)), name='packed_line_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.UniqueConstraint(fields=('customer', 'key'), name='purchase_once_per_tap'),
        ),
        migrations.RunSQL(
            [
                "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON orders_packedline"
                " FOR EACH ROW EXECUTE FUNCTION orders_refuse_rewrite()",
                "CREATE TRIGGER not_emptied BEFORE TRUNCATE ON orders_packedline"
                " FOR EACH STATEMENT EXECUTE FUNCTION orders_refuse_rewrite()",
            ],
            [
                "DROP TRIGGER append_only ON orders_packedline",
                "DROP TRIGGER not_emptied ON orders_packedline",
            ],
        ),
    ]
