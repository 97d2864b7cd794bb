"""A region sees the requests that were made to it, and answers them; the rest of onboarding is out of its reach."""

from django.db import migrations

OWN = "(SELECT id FROM public.tenants_region WHERE schema_name = current_user::text)"
OWN_REQUESTS = f"(SELECT id FROM public.onboarding_carveout WHERE region_id = {OWN})"

STATEMENTS = [
    (
        "GRANT SELECT, UPDATE (state) ON public.onboarding_carveout TO warsa_region",
        "REVOKE ALL ON public.onboarding_carveout FROM warsa_region",
    ),
    (
        "GRANT SELECT, INSERT ON public.onboarding_carveoutevent TO warsa_region",
        "REVOKE ALL ON public.onboarding_carveoutevent FROM warsa_region",
    ),
    (
        "GRANT USAGE ON SEQUENCE public.onboarding_carveoutevent_id_seq TO warsa_region",
        "REVOKE ALL ON SEQUENCE public.onboarding_carveoutevent_id_seq FROM warsa_region",
    ),
]
for table, mine in (
    ("onboarding_carveout", f"region_id = {OWN}"),
    ("onboarding_carveoutevent", f"carve_out_id IN {OWN_REQUESTS}"),
):
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

    dependencies = [
        ("onboarding", "0005_carving_out"),
        ("tenants", "0004_regions_see_themselves"),
    ]

    operations = [migrations.RunSQL([forth], [back]) for forth, back in STATEMENTS]
