from django.db import migrations

# A stop belongs to the round of its unit and day, its slip to its member and unit; whose it is, where and when never changes.
GUARD = """
CREATE FUNCTION bank_sampah_guard_pickup() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fits boolean;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.number, NEW.key, NEW.unit_id, NEW.member_id, NEW.day)
       IS DISTINCT FROM (OLD.number, OLD.key, OLD.unit_id, OLD.member_id, OLD.day) THEN
        RAISE EXCEPTION 'a pick-up stays of its member, unit and day'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.deposit_id IS NOT NULL THEN
        EXECUTE format(
            'SELECT EXISTS (SELECT 1 FROM %1$I.bank_sampah_deposit slip'
            ' JOIN %1$I.bank_sampah_savingsbook book ON book.id = slip.book_id'
            ' WHERE slip.id = $1 AND book.member_id = $2 AND slip.unit_id = $3)', TG_TABLE_SCHEMA)
            INTO fits USING NEW.deposit_id, NEW.member_id, NEW.unit_id;
        IF NOT fits THEN
            RAISE EXCEPTION 'the slip of a pick-up is of its member and unit'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF NEW.round_id IS NOT NULL THEN
        EXECUTE format(
            'SELECT EXISTS (SELECT 1 FROM %I.bank_sampah_collectionround WHERE id = $1 AND unit_id = $2 AND day = $3)',
            TG_TABLE_SCHEMA)
            INTO fits USING NEW.round_id, NEW.unit_id, NEW.day;
        IF NOT fits THEN
            RAISE EXCEPTION 'a stop is on the round of its unit and day'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("bank_sampah", "0007_when_the_unit_comes_by")]

    operations = [
        migrations.RunSQL([GUARD], ["DROP FUNCTION bank_sampah_guard_pickup()"]),
        migrations.RunSQL(
            [
                "CREATE TRIGGER guarded BEFORE INSERT OR UPDATE ON bank_sampah_pickuprequest"
                " FOR EACH ROW EXECUTE FUNCTION bank_sampah_guard_pickup()",
                "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON bank_sampah_pickupevent"
                " FOR EACH ROW EXECUTE FUNCTION bank_sampah_refuse_rewrite()",
                "CREATE TRIGGER not_emptied BEFORE TRUNCATE ON bank_sampah_pickupevent"
                " FOR EACH STATEMENT EXECUTE FUNCTION bank_sampah_refuse_rewrite()",
            ],
            [
                "DROP TRIGGER guarded ON bank_sampah_pickuprequest",
                "DROP TRIGGER append_only ON bank_sampah_pickupevent",
                "DROP TRIGGER not_emptied ON bank_sampah_pickupevent",
            ],
        ),
    ]
