"""Versions, their packs, tiers and the trace of steps are never changed; an offer only ends."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION supplier_catalog_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never changed: make the next one', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
# An offer's day of ending may be set and, by an undo, taken back; nothing else of it changes.
ONLY_ENDS = """
CREATE FUNCTION supplier_catalog_offer_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.ended_at := OLD.ended_at;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'an offer is never changed: make the next one'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""

STATEMENTS = [(REFUSE, "DROP FUNCTION supplier_catalog_refuse_rewrite()")]
for table in ("articleversion", "articlepack", "offertier", "supplierevent"):
    STATEMENTS.append(
        (
            f"CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON public.supplier_catalog_{table}"
            " FOR EACH ROW EXECUTE FUNCTION public.supplier_catalog_refuse_rewrite()",
            f"DROP TRIGGER never_changed ON public.supplier_catalog_{table}",
        )
    )
STATEMENTS += [
    (ONLY_ENDS, "DROP FUNCTION supplier_catalog_offer_only_ends()"),
    (
        "CREATE TRIGGER only_ends AFTER UPDATE ON public.supplier_catalog_offer"
        " FOR EACH ROW EXECUTE FUNCTION public.supplier_catalog_offer_only_ends()",
        "DROP TRIGGER only_ends ON public.supplier_catalog_offer",
    ),
    (
        "CREATE TRIGGER never_deleted BEFORE DELETE ON public.supplier_catalog_offer"
        " FOR EACH ROW EXECUTE FUNCTION public.supplier_catalog_refuse_rewrite()",
        "DROP TRIGGER never_deleted ON public.supplier_catalog_offer",
    ),
]


class Migration(migrations.Migration):

    dependencies = [("supplier_catalog", "0001_initial")]

    operations = [migrations.RunSQL([forth], [back]) for forth, back in STATEMENTS]
