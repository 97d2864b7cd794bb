"""What a shut region says to its visitors, and hosts that are never given to another region."""

import importlib

import django.db.models.deletion
from django.db import migrations, models

_before = importlib.import_module("tenants.migrations.0005_read_only")
SEEN = (*_before.SEEN_NOW, "status_note", "closes_at", "moved_to")


def _update_trigger(columns):
    return f"""
CREATE OR REPLACE TRIGGER registry_tells_update AFTER UPDATE ON public.tenants_region FOR EACH ROW
WHEN (({", ".join(f"OLD.{column}" for column in columns)}) IS DISTINCT FROM ({", ".join(f"NEW.{column}" for column in columns)}))
EXECUTE FUNCTION public.warsa_registry_changed('schema_name')
"""


KEEP_RELEASED = """
CREATE FUNCTION public.warsa_host_is_released() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM public.tenants_releasedhost r WHERE r.host = NEW.domain AND r.region_id <> NEW.tenant_id) THEN
        RAISE EXCEPTION 'the host % belonged to another region', NEW.domain
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'host_never_reassigned';
    END IF;
    RETURN NEW;
END $$
"""
KEEP_RELEASED_ON_DOMAINS = """
CREATE TRIGGER host_never_reassigned BEFORE INSERT OR UPDATE OF domain, tenant_id ON public.tenants_domain
FOR EACH ROW EXECUTE FUNCTION public.warsa_host_is_released()
"""


class Migration(migrations.Migration):

    dependencies = [("tenants", "0006_read_only_is_checked")]

    operations = [
        migrations.AddField("region", "status_note", models.CharField(blank=True, db_default="", default="", max_length=300)),
        migrations.AddField("region", "closes_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("region", "moved_to", models.URLField(blank=True, db_default="", default="")),
        migrations.RunSQL(_update_trigger(SEEN), _update_trigger(_before.SEEN_NOW)),
        migrations.CreateModel(
            name="ReleasedHost",
            fields=[
                ("host", models.CharField(max_length=253, primary_key=True, serialize=False)),
                ("released_at", models.DateTimeField(auto_now_add=True)),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="released_hosts",
                        to="tenants.region",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(KEEP_RELEASED, "DROP FUNCTION public.warsa_host_is_released()"),
        migrations.RunSQL(
            KEEP_RELEASED_ON_DOMAINS, "DROP TRIGGER host_never_reassigned ON public.tenants_domain"
        ),
    ]
