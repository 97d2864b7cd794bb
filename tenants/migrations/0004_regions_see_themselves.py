"""What the role of a region may see of the registry: itself. The role has the schema's name, see docs/tenancy.md."""

from django.db import migrations

STATEMENTS = [
    (
        "GRANT SELECT, UPDATE (last_activity_at) ON public.tenants_region TO warsa_region",
        "REVOKE ALL ON public.tenants_region FROM warsa_region",
    ),
    ("GRANT SELECT ON public.tenants_domain TO warsa_region", "REVOKE ALL ON public.tenants_domain FROM warsa_region"),
    (
        "ALTER TABLE public.tenants_region ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE public.tenants_region DISABLE ROW LEVEL SECURITY",
    ),
    (
        "ALTER TABLE public.tenants_domain ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE public.tenants_domain DISABLE ROW LEVEL SECURITY",
    ),
    (
        "CREATE POLICY platform ON public.tenants_region TO warsa_platform USING (true)",
        "DROP POLICY platform ON public.tenants_region",
    ),
    (
        "CREATE POLICY platform ON public.tenants_domain TO warsa_platform USING (true)",
        "DROP POLICY platform ON public.tenants_domain",
    ),
    (
        "CREATE POLICY own ON public.tenants_region TO warsa_region USING (schema_name = current_user::text)",
        "DROP POLICY own ON public.tenants_region",
    ),
    (
        "CREATE POLICY own ON public.tenants_domain TO warsa_region"
        " USING (tenant_id = (SELECT id FROM public.tenants_region WHERE schema_name = current_user::text))",
        "DROP POLICY own ON public.tenants_domain",
    ),
]


class Migration(migrations.Migration):

    dependencies = [("tenants", "0003_releases_and_pool")]

    operations = [migrations.RunSQL([forth], [back]) for forth, back in STATEMENTS]
