"""Official areas are common to all regions, to read."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("regions", "0001_initial")]

    operations = [
        migrations.RunSQL(
            ["GRANT SELECT ON public.regions_area TO warsa_region"],
            ["REVOKE ALL ON public.regions_area FROM warsa_region"],
        ),
    ]
