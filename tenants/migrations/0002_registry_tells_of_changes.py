"""The registry tells every process that remembers it when it changes; see tenants.sites.

The message is the schema of a changed region or the host of a changed domain; '*' when a table is emptied.
Only columns that a request looks at count: a region's activity and schema version change too often to tell.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION public.warsa_registry_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        PERFORM pg_notify('warsa_registry', '*');
        RETURN NULL;
    END IF;
    -- The column's name comes with the trigger: schema_name or domain.
    IF TG_OP <> 'INSERT' THEN
        PERFORM pg_notify('warsa_registry', to_jsonb(OLD) ->> TG_ARGV[0]);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM pg_notify('warsa_registry', to_jsonb(NEW) ->> TG_ARGV[0]);
    END IF;
    RETURN NULL;
END $$
"""

SEEN = ("name", "status", "schema_name", "time_zone", "database_alias")
REGION_UPDATED = f"""
CREATE TRIGGER registry_tells_update AFTER UPDATE ON public.tenants_region FOR EACH ROW
WHEN (({", ".join(f"OLD.{column}" for column in SEEN)}) IS DISTINCT FROM ({", ".join(f"NEW.{column}" for column in SEEN)}))
EXECUTE FUNCTION public.warsa_registry_changed('schema_name')
"""
REGION_DELETED = """
CREATE TRIGGER registry_tells_delete AFTER DELETE ON public.tenants_region FOR EACH ROW
EXECUTE FUNCTION public.warsa_registry_changed('schema_name')
"""
REGION_EMPTIED = """
CREATE TRIGGER registry_tells_truncate AFTER TRUNCATE ON public.tenants_region FOR EACH STATEMENT
EXECUTE FUNCTION public.warsa_registry_changed('schema_name')
"""
DOMAIN_CHANGED = """
CREATE TRIGGER registry_tells AFTER INSERT OR UPDATE OR DELETE ON public.tenants_domain FOR EACH ROW
EXECUTE FUNCTION public.warsa_registry_changed('domain')
"""
DOMAIN_EMPTIED = """
CREATE TRIGGER registry_tells_truncate AFTER TRUNCATE ON public.tenants_domain FOR EACH STATEMENT
EXECUTE FUNCTION public.warsa_registry_changed('domain')
"""


class Migration(migrations.Migration):

    dependencies = [
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION public.warsa_registry_changed()"),
        migrations.RunSQL(REGION_UPDATED, "DROP TRIGGER registry_tells_update ON public.tenants_region"),
        migrations.RunSQL(REGION_DELETED, "DROP TRIGGER registry_tells_delete ON public.tenants_region"),
        migrations.RunSQL(REGION_EMPTIED, "DROP TRIGGER registry_tells_truncate ON public.tenants_region"),
        migrations.RunSQL(DOMAIN_CHANGED, "DROP TRIGGER registry_tells ON public.tenants_domain"),
        migrations.RunSQL(DOMAIN_EMPTIED, "DROP TRIGGER registry_tells_truncate ON public.tenants_domain"),
    ]
