import django.db.models.deletion
from django.db import migrations, models

import tenants.files


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_synonyms")]

    operations = [
        migrations.CreateModel(
            name="ProductFamily",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
            ],
            options={
                "verbose_name": "family of products",
                "verbose_name_plural": "families of products",
                "ordering": ["name"],
            },
        ),
        migrations.AddField(
            model_name="pack",
            name="barcode",
            field=models.CharField(blank=True, db_default="", default="", max_length=32, verbose_name="barcode"),
        ),
        migrations.AddField(
            model_name="product",
            name="by_weight",
            field=models.BooleanField(db_default=False, default=False, verbose_name="weighed at packing"),
        ),
        migrations.AddField(
            model_name="product",
            name="density_g_per_l",
            field=models.IntegerField(blank=True, null=True, verbose_name="grams in a litre"),
        ),
        migrations.AddField(
            model_name="product",
            name="photo",
            field=models.FileField(
                blank=True,
                db_default="",
                default="",
                storage=tenants.files.RegionStorage(),
                upload_to="products",
                verbose_name="photo",
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="variant",
            field=models.CharField(blank=True, db_default="", default="", max_length=60, verbose_name="variant"),
        ),
        migrations.AddField(
            model_name="product",
            name="family",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="products",
                to="catalog.productfamily",
                verbose_name="family",
            ),
        ),
    ]
