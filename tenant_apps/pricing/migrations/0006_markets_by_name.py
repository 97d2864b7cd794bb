from django.db import migrations

# The markets that people have written down so far. A region has a handful of them.
SEED = """
INSERT INTO pricing_market (public_id, name, kind, village_name, address, is_active)
SELECT gen_random_uuid(), name, 'market', '', '', true
FROM (SELECT DISTINCT market AS name FROM pricing_marketobservation WHERE NOT is_estimate AND market <> '') AS seen
ON CONFLICT (name) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("pricing", "0005_observations_are_found")]

    operations = [migrations.RunSQL([SEED], [migrations.RunSQL.noop])]
