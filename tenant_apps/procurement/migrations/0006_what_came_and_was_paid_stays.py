from django.db import migrations

# `procurement_refuse_rewrite` is 0002's.
TABLES = tuple(
    f"procurement_{name}"
    for name in (
        "arrival",
        "arrivalline",
        "returntosupplier",
        "allotment",
        "handoverevent",
        "invoicematch",
        "invoicematchline",
        "supplierpayment",
        "landedcost",
        "warungpayment",
    )
)


def both(sql: str) -> list[str]:
    return [sql.format(table=table) for table in TABLES]


class Migration(migrations.Migration):
    dependencies = [("procurement", "0005_arrivals_and_hand_overs")]

    operations = [
        migrations.RunSQL(
            both(
                "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION procurement_refuse_rewrite()"
            ),
            both("DROP TRIGGER append_only ON {table}"),
        ),
        migrations.RunSQL(
            both(
                "CREATE TRIGGER not_emptied BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION procurement_refuse_rewrite()"
            ),
            both("DROP TRIGGER not_emptied ON {table}"),
        ),
    ]
