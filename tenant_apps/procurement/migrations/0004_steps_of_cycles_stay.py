from django.db import migrations

# `procurement_refuse_rewrite` is 0002's.
EVENTS = "procurement_cycleevent"

# What foreign keys would say of each part, said of all parts of a plan at once, and more: both lines are of one good.
# Whoever writes parts holds the cycle's lock, and so does whoever writes its lines.
FIT = """
CREATE FUNCTION procurement_parts_fit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM fresh
        LEFT JOIN procurement_purchaseline bought ON bought.id = fresh.purchase_line_id
        LEFT JOIN procurement_cycleline wished ON wished.id = fresh.line_id
        WHERE bought.good_id IS NULL OR bought.good_id IS DISTINCT FROM wished.good_id
    ) THEN
        RAISE EXCEPTION 'a part belongs to a purchase and to a wish for the same good'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$
"""
STAY = """
CREATE FUNCTION procurement_parts_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM gone JOIN procurement_purchasepart part ON part.{column} = gone.id) THEN
        RAISE EXCEPTION '% has parts in a plan', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$
"""


def trigger(name: str, when: str, table: str, function: str, what: str = "ROW") -> migrations.RunSQL:
    return migrations.RunSQL(
        [f"CREATE TRIGGER {name} {when} FOR EACH {what} EXECUTE FUNCTION {function}()"],
        [f"DROP TRIGGER {name} ON {table}"],
    )


def function(sql: str, name: str) -> migrations.RunSQL:
    return migrations.RunSQL([sql], [f"DROP FUNCTION {name}()"])


PARTS = "procurement_purchasepart"


class Migration(migrations.Migration):
    dependencies = [("procurement", "0003_cycles")]

    operations = [
        trigger("append_only", f"BEFORE UPDATE OR DELETE ON {EVENTS}", EVENTS, "procurement_refuse_rewrite"),
        trigger("not_emptied", f"BEFORE TRUNCATE ON {EVENTS}", EVENTS, "procurement_refuse_rewrite", "STATEMENT"),
        function(FIT, "procurement_parts_fit"),
        trigger(
            "parts_fit",
            f"AFTER INSERT ON {PARTS} REFERENCING NEW TABLE AS fresh",
            PARTS,
            "procurement_parts_fit",
            "STATEMENT",
        ),
    ]
    for table, column in (("procurement_cycleline", "line_id"), ("procurement_purchaseline", "purchase_line_id")):
        name = f"procurement_parts_hold_{column}"
        operations += [
            function(STAY.format(column=column).replace("procurement_parts_hold()", f"{name}()"), name),
            trigger(
                "parts_hold",
                f"AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone",
                table,
                name,
                "STATEMENT",
            ),
        ]
