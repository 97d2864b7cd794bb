"""The database refuses to change or delete a row of the regions' history."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION public.warsa_life_is_history() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the history of regions is never changed' USING ERRCODE = 'restrict_violation';
END $$
"""
TRIGGER = """
CREATE TRIGGER history_is_never_changed BEFORE UPDATE OR DELETE ON public.lifecycle_regionevent
FOR EACH ROW EXECUTE FUNCTION public.warsa_life_is_history()
"""


class Migration(migrations.Migration):

    dependencies = [("lifecycle", "0001_regions_close")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION public.warsa_life_is_history()"),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER history_is_never_changed ON public.lifecycle_regionevent"),
    ]
