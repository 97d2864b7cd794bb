"""A region reads its own token. Nothing else of the probe is its business."""

from django.db import migrations

OWN = "(SELECT id FROM public.tenants_region WHERE schema_name = current_user::text)"
TABLE = "public.leak_probe_probetoken"

STATEMENTS = [
    (f"GRANT SELECT ON {TABLE} TO warsa_region", f"REVOKE ALL ON {TABLE} FROM warsa_region"),
    (f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY", f"ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY"),
    (f"CREATE POLICY platform ON {TABLE} TO warsa_platform USING (true)", f"DROP POLICY platform ON {TABLE}"),
    (f"CREATE POLICY own ON {TABLE} TO warsa_region USING (region_id = {OWN})", f"DROP POLICY own ON {TABLE}"),
]


class Migration(migrations.Migration):

    dependencies = [
        ("leak_probe", "0001_first"),
        ("tenants", "0004_regions_see_themselves"),
    ]

    operations = [migrations.RunSQL([forth], [back]) for forth, back in STATEMENTS]
