"""A region reads verified suppliers and the offers that cover it; prices for other places, and people, stay out of its reach."""

from django.db import migrations

OWN = "(SELECT id FROM public.tenants_region WHERE schema_name = current_user::text)"
ORG, AREA, ARTICLE, VERSION, PACK, OFFER, TIER = (
    f"public.supplier_catalog_{name}"
    for name in ("supplierorganisation", "supplierarea", "article", "articleversion", "articlepack", "offer", "offertier")
)
SELLS = f"EXISTS (SELECT FROM {ORG} o WHERE o.id = organisation_id)"
POLICIES = {
    # A suspended one stays readable for what was bought of it.
    ORG: "state IN ('verified', 'suspended')",
    AREA: SELLS,
    ARTICLE: SELLS,
    VERSION: f"EXISTS (SELECT FROM {ARTICLE} a WHERE a.id = article_id)",
    PACK: f"EXISTS (SELECT FROM {VERSION} v WHERE v.id = version_id)",
    OFFER: f"{SELLS} AND (region_id = {OWN} OR area_id = ANY ((SELECT public.onboarding_own_area_codes())::text[]))",
    TIER: f"EXISTS (SELECT FROM {OFFER} f WHERE f.id = offer_id)",
}

STATEMENTS = []
for table, seen in POLICIES.items():
    STATEMENTS += [
        (f"GRANT SELECT ON {table} TO warsa_region", f"REVOKE ALL ON {table} FROM warsa_region"),
        (f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"),
        (f"CREATE POLICY platform ON {table} TO warsa_platform USING (true)", f"DROP POLICY platform ON {table}"),
        (
            f"CREATE POLICY covered ON {table} FOR SELECT TO warsa_region USING ({seen})",
            f"DROP POLICY covered ON {table}",
        ),
    ]
STATEMENTS += [
    # By this row the exchange knows which supplier a role is.
    (f"GRANT SELECT (id, db_role) ON {ORG} TO warsa_supplier", f"REVOKE ALL ON {ORG} FROM warsa_supplier"),
    (
        f"CREATE POLICY itself ON {ORG} FOR SELECT TO warsa_supplier USING (db_role = current_user::text)",
        f"DROP POLICY itself ON {ORG}",
    ),
]


class Migration(migrations.Migration):

    dependencies = [
        ("supplier_catalog", "0002_what_never_changes"),
        ("onboarding", "0007_regions_know_their_areas"),
    ]

    operations = [migrations.RunSQL([forth], [back]) for forth, back in STATEMENTS]
