"""A region reads the flags that are on in it, what is announced to it, its own proofs and what its people have put away.

One function decides whom a row reaches; policies ask it, and operators count with it. A change of a flag or an announcement
is told on the registry's channel, so that no process remembers an older one.
"""

from django.db import migrations

OWN = "(SELECT id FROM public.tenants_region WHERE schema_name = current_user::text)"
OWN_ID = "(SELECT public_id FROM public.tenants_region WHERE schema_name = current_user::text)"
SIGNATURE = "public.care_reaches(boolean, text[], uuid[], integer, text, bigint, uuid)"

# With the caller's rights: a region sees its own kecamatan alone, and is asked about itself alone.
REACHES = """
CREATE FUNCTION public.care_reaches(everybody boolean, codes text[], ids uuid[], percent integer, name text,
    region_id bigint, region_public_id uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path TO public, pg_temp AS $$
    SELECT everybody OR region_public_id = ANY (ids)
        -- The same region falls on the same number for the same flag, for ever.
        OR ('x' || left(md5(name || ':' || region_public_id::text), 8))::bit(32)::bigint % 100 < percent
        OR (cardinality(codes) > 0 AND EXISTS (
            SELECT FROM public.onboarding_coverageclaim c, unnest(codes) AS code
            WHERE c.region_id = care_reaches.region_id
              AND (c.kecamatan_code = code OR starts_with(c.kecamatan_code, code || '.'))))
$$
"""
TELLS = """
CREATE FUNCTION public.care_changed() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('warsa_registry', 'care');
    RETURN NULL;
END $$
"""
FLAG = f"public.care_reaches(everybody, area_codes, region_ids, percent, name, {OWN}, {OWN_ID})"
NEWS = f"public.care_reaches(everybody, area_codes, '{{}}'::uuid[], 0, '', {OWN}, {OWN_ID})"

STATEMENTS = [
    (REACHES, f"DROP FUNCTION {SIGNATURE}"),
    (f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC", f"GRANT ALL ON FUNCTION {SIGNATURE} TO PUBLIC"),
    (
        f"GRANT EXECUTE ON FUNCTION {SIGNATURE} TO warsa_region, warsa_platform",
        f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM warsa_region, warsa_platform",
    ),
    (TELLS, "DROP FUNCTION public.care_changed()"),
]
for table, rights, mine in (
    ("care_flag", "SELECT (id, name)", FLAG),
    ("care_announcement", "SELECT (id, public_id, kind, text_id, text_en, roles, starts_at, ends_at)", NEWS),
    ("care_restoreproof", "SELECT", f"region_id = {OWN}"),
    ("care_dismissal", "SELECT, INSERT", f"region_id = {OWN}"),
):
    STATEMENTS += [
        (f"GRANT {rights} ON public.{table} TO warsa_region", f"REVOKE ALL ON public.{table} FROM warsa_region"),
        (f"ALTER TABLE public.{table} ENABLE ROW LEVEL SECURITY", f"ALTER TABLE public.{table} DISABLE ROW LEVEL SECURITY"),
        (f"CREATE POLICY platform ON public.{table} TO warsa_platform USING (true)", f"DROP POLICY platform ON public.{table}"),
        (f"CREATE POLICY own ON public.{table} TO warsa_region USING ({mine})", f"DROP POLICY own ON public.{table}"),
    ]
for table in ("care_flag", "care_announcement"):
    STATEMENTS.append(
        (
            f"CREATE TRIGGER care_tells AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON public.{table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION public.care_changed()",
            f"DROP TRIGGER care_tells ON public.{table}",
        )
    )
STATEMENTS.append(
    (
        "GRANT USAGE ON SEQUENCE public.care_dismissal_id_seq TO warsa_region",
        "REVOKE ALL ON SEQUENCE public.care_dismissal_id_seq FROM warsa_region",
    )
)


class Migration(migrations.Migration):

    dependencies = [
        ("care", "0001_initial"),
        ("onboarding", "0007_regions_know_their_areas"),
        ("tenants", "0004_regions_see_themselves"),
    ]

    operations = [migrations.RunSQL([forth], [back]) for forth, back in STATEMENTS]
