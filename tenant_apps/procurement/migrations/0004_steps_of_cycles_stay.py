from django.db import migrations

# `procurement_refuse_rewrite` is 0002's.
TABLE = "procurement_cycleevent"


class Migration(migrations.Migration):
    dependencies = [("procurement", "0003_cycles")]

    operations = [
        migrations.RunSQL(
            [
                f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {TABLE}"
                " FOR EACH ROW EXECUTE FUNCTION procurement_refuse_rewrite()"
            ],
            [f"DROP TRIGGER append_only ON {TABLE}"],
        ),
        migrations.RunSQL(
            [
                f"CREATE TRIGGER not_emptied BEFORE TRUNCATE ON {TABLE}"
                " FOR EACH STATEMENT EXECUTE FUNCTION procurement_refuse_rewrite()"
            ],
            [f"DROP TRIGGER not_emptied ON {TABLE}"],
        ),
    ]
