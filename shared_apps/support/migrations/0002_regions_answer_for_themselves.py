"""A region sees the accesses that concern it, answers and ends them; who asked and why it cannot change."""

from django.db import migrations

OWN = "(SELECT id FROM public.tenants_region WHERE schema_name = current_user::text)"
OWN_ACCESSES = f"(SELECT id FROM public.support_supportaccess WHERE region_id = {OWN})"
ANSWERS = "state, opened_at, until, closed_at, ticket_digest, ticket_until"

STATEMENTS = [
    (
        f"GRANT SELECT, UPDATE ({ANSWERS}) ON public.support_supportaccess TO warsa_region",
        "REVOKE ALL ON public.support_supportaccess FROM warsa_region",
    ),
    (
        "GRANT SELECT, INSERT ON public.support_supportevent TO warsa_region",
        "REVOKE ALL ON public.support_supportevent FROM warsa_region",
    ),
    (
        "GRANT USAGE ON SEQUENCE public.support_supportevent_id_seq TO warsa_region",
        "REVOKE ALL ON SEQUENCE public.support_supportevent_id_seq FROM warsa_region",
    ),
]
for table, mine in (("support_supportaccess", f"region_id = {OWN}"), ("support_supportevent", f"access_id IN {OWN_ACCESSES}")):
    STATEMENTS += [
        (
            f"ALTER TABLE public.{table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE public.{table} DISABLE ROW LEVEL SECURITY",
        ),
        (
            f"CREATE POLICY platform ON public.{table} TO warsa_platform USING (true)",
            f"DROP POLICY platform ON public.{table}",
        ),
        (f"CREATE POLICY own ON public.{table} TO warsa_region USING ({mine})", f"DROP POLICY own ON public.{table}"),
    ]


class Migration(migrations.Migration):
    dependencies = [("support", "0001_who_came_in"), ("tenants", "0004_regions_see_themselves")]

    operations = [migrations.RunSQL([forth], [back]) for forth, back in STATEMENTS]
