"""A region reads which kecamatan it holds, and the codes of all areas around them: offers are made for areas of any size."""

from django.db import migrations

OWN = "(SELECT id FROM public.tenants_region WHERE schema_name = current_user::text)"
TABLE = "public.onboarding_coverageclaim"
# With the caller's rights, so each caller learns of its own areas alone; called once for a query.
CODES = f"""
CREATE FUNCTION public.onboarding_own_area_codes() RETURNS text[] LANGUAGE sql STABLE
SET search_path TO public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT left(kecamatan_code, size)), '{{}}')
    FROM {TABLE}, unnest(ARRAY[2, 5, 8]) AS size WHERE region_id = {OWN}
$$
"""

STATEMENTS = [
    (f"GRANT SELECT ON {TABLE} TO warsa_region", f"REVOKE ALL ON {TABLE} FROM warsa_region"),
    (f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY", f"ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY"),
    (f"CREATE POLICY platform ON {TABLE} TO warsa_platform USING (true)", f"DROP POLICY platform ON {TABLE}"),
    (
        f"CREATE POLICY own ON {TABLE} FOR SELECT TO warsa_region USING (region_id = {OWN})",
        f"DROP POLICY own ON {TABLE}",
    ),
    (CODES, "DROP FUNCTION public.onboarding_own_area_codes()"),
    (
        "REVOKE ALL ON FUNCTION public.onboarding_own_area_codes() FROM PUBLIC",
        "GRANT ALL ON FUNCTION public.onboarding_own_area_codes() TO PUBLIC",
    ),
    (
        "GRANT EXECUTE ON FUNCTION public.onboarding_own_area_codes() TO warsa_region",
        "REVOKE ALL ON FUNCTION public.onboarding_own_area_codes() FROM warsa_region",
    ),
]


class Migration(migrations.Migration):

    dependencies = [
        ("onboarding", "0006_regions_answer_for_themselves"),
        ("tenants", "0004_regions_see_themselves"),
    ]

    operations = [migrations.RunSQL([forth], [back]) for forth, back in STATEMENTS]
