"""Whoever says what a column means sees some of what stands in it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("price_lists", "0001_initial")]

    operations = [migrations.AddField("pricelist", "samples", models.JSONField(null=True))]
