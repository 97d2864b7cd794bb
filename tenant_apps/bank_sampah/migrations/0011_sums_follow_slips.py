from django.db import migrations

# A slip is counted in once when it is written, and out once when it is taken back. Whoever writes slips of a unit holds the
# unit's stock account by then, so nobody waits here who did not wait before. Rows are come to table by table, and within one
# in the order of its rule: members' years, units' months, grades' months.
COUNT_SLIPS = """
CREATE FUNCTION bank_sampah_count_slips(place text, slips bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO %1$I.bank_sampah_memberyear AS kept (year, member_id, slips)'
        ' SELECT extract(year FROM slip.day)::smallint, book.member_id, count(*)'
        ' FROM %1$I.bank_sampah_deposit AS slip JOIN %1$I.bank_sampah_savingsbook AS book ON book.id = slip.book_id'
        ' WHERE slip.id = ANY($1) GROUP BY 1, 2 ORDER BY 1, 2'
        ' ON CONFLICT (year, member_id) DO UPDATE SET slips = kept.slips + excluded.slips', place) USING slips;
    EXECUTE format(
        'INSERT INTO %1$I.bank_sampah_unitmonth AS kept (month, unit_id, slips, grams, value, share)'
        ' SELECT date_trunc(''month'', day)::date, unit_id, count(*), sum(grams), sum(value), sum(share)'
        ' FROM %1$I.bank_sampah_deposit WHERE id = ANY($1) GROUP BY 1, 2 ORDER BY 1, 2'
        ' ON CONFLICT (month, unit_id) DO UPDATE SET slips = kept.slips + excluded.slips,'
        ' grams = kept.grams + excluded.grams, value = kept.value + excluded.value, share = kept.share + excluded.share',
        place) USING slips;
END $$
"""
COUNT_LINES = """
CREATE FUNCTION bank_sampah_count_lines(place text, lines bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO %1$I.bank_sampah_grademonth AS kept (month, unit_id, grade_id, quantity, value)'
        ' SELECT date_trunc(''month'', slip.day)::date, slip.unit_id, line.grade_id, sum(line.quantity), sum(line.value)'
        ' FROM %1$I.bank_sampah_depositline AS line JOIN %1$I.bank_sampah_deposit AS slip ON slip.id = line.deposit_id'
        ' WHERE line.id = ANY($1) AND slip.state = ''saved'' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3'
        ' ON CONFLICT (month, unit_id, grade_id) DO UPDATE SET quantity = kept.quantity + excluded.quantity,'
        ' value = kept.value + excluded.value', place) USING lines;
END $$
"""
# What is taken out has its rows: it was counted in.
COUNT_OUT = """
CREATE FUNCTION bank_sampah_count_out(place text, slips bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'WITH gone AS (SELECT extract(year FROM slip.day)::smallint AS year, book.member_id, count(*) AS slips'
        ' FROM %1$I.bank_sampah_deposit AS slip JOIN %1$I.bank_sampah_savingsbook AS book ON book.id = slip.book_id'
        ' WHERE slip.id = ANY($1) GROUP BY 1, 2),'
        ' held AS (SELECT kept.id, gone.slips FROM %1$I.bank_sampah_memberyear AS kept JOIN gone USING (year, member_id)'
        ' ORDER BY kept.year, kept.member_id FOR NO KEY UPDATE OF kept)'
        ' UPDATE %1$I.bank_sampah_memberyear AS kept SET slips = kept.slips - held.slips FROM held WHERE kept.id = held.id',
        place) USING slips;
    EXECUTE format(
        'WITH gone AS (SELECT date_trunc(''month'', day)::date AS month, unit_id, count(*) AS slips, sum(grams) AS grams,'
        ' sum(value) AS value, sum(share) AS share FROM %1$I.bank_sampah_deposit WHERE id = ANY($1) GROUP BY 1, 2),'
        ' held AS (SELECT kept.id, gone.slips, gone.grams, gone.value, gone.share'
        ' FROM %1$I.bank_sampah_unitmonth AS kept JOIN gone USING (month, unit_id)'
        ' ORDER BY kept.month, kept.unit_id FOR NO KEY UPDATE OF kept)'
        ' UPDATE %1$I.bank_sampah_unitmonth AS kept SET slips = kept.slips - held.slips, grams = kept.grams - held.grams,'
        ' value = kept.value - held.value, share = kept.share - held.share FROM held WHERE kept.id = held.id',
        place) USING slips;
    EXECUTE format(
        'WITH gone AS (SELECT date_trunc(''month'', slip.day)::date AS month, slip.unit_id, line.grade_id,'
        ' sum(line.quantity) AS quantity, sum(line.value) AS value'
        ' FROM %1$I.bank_sampah_depositline AS line JOIN %1$I.bank_sampah_deposit AS slip ON slip.id = line.deposit_id'
        ' WHERE line.deposit_id = ANY($1) GROUP BY 1, 2, 3),'
        ' held AS (SELECT kept.id, gone.quantity, gone.value'
        ' FROM %1$I.bank_sampah_grademonth AS kept JOIN gone USING (month, unit_id, grade_id)'
        ' ORDER BY kept.month, kept.unit_id, kept.grade_id FOR NO KEY UPDATE OF kept)'
        ' UPDATE %1$I.bank_sampah_grademonth AS kept SET quantity = kept.quantity - held.quantity,'
        ' value = kept.value - held.value FROM held WHERE kept.id = held.id', place) USING slips;
END $$
"""
# A slip from before the sums is counted in later, as what it says by then. One that is taken back meanwhile waits here until the
# counting is either before it or past it.
KEEP = """
CREATE FUNCTION bank_sampah_keep_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    chosen bigint[];
    before bigint;
    counted bigint;
BEGIN
    IF TG_TABLE_NAME = 'bank_sampah_depositline' THEN
        SELECT array_agg(id) INTO chosen FROM fresh;
        EXECUTE format('SELECT %I.bank_sampah_count_lines($1, $2)', TG_TABLE_SCHEMA) USING TG_TABLE_SCHEMA, chosen;
    ELSIF TG_OP = 'INSERT' THEN
        SELECT array_agg(id) INTO chosen FROM fresh WHERE state = 'saved';
        EXECUTE format('SELECT %I.bank_sampah_count_slips($1, $2)', TG_TABLE_SCHEMA) USING TG_TABLE_SCHEMA, chosen;
    ELSE
        EXECUTE format('SELECT until, done FROM %I.bank_sampah_earlierslips FOR SHARE', TG_TABLE_SCHEMA)
            INTO before, counted;
        SELECT array_agg(fresh.id) INTO chosen FROM fresh JOIN stale ON stale.id = fresh.id
            WHERE stale.state = 'saved' AND fresh.state <> 'saved'
            AND (before IS NULL OR fresh.id > before OR fresh.id <= counted);
        IF chosen IS NOT NULL THEN
            EXECUTE format('SELECT %I.bank_sampah_count_out($1, $2)', TG_TABLE_SCHEMA) USING TG_TABLE_SCHEMA, chosen;
        END IF;
    END IF;
    RETURN NULL;
END $$
"""
EARLIER = """
CREATE FUNCTION bank_sampah_count_earlier() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    chosen bigint[];
    lines bigint[];
BEGIN
    IF NEW.until <> OLD.until OR NEW.done < OLD.done THEN
        RAISE EXCEPTION 'earlier slips are counted once: only forward'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    EXECUTE format(
        'SELECT array_agg(id) FROM %I.bank_sampah_deposit WHERE id > $1 AND id <= $2 AND state = ''saved''',
        TG_TABLE_SCHEMA) INTO chosen USING OLD.done, NEW.done;
    EXECUTE format('SELECT array_agg(id) FROM %I.bank_sampah_depositline WHERE deposit_id = ANY($1)', TG_TABLE_SCHEMA)
        INTO lines USING chosen;
    EXECUTE format('SELECT %I.bank_sampah_count_slips($1, $2)', TG_TABLE_SCHEMA) USING TG_TABLE_SCHEMA, chosen;
    EXECUTE format('SELECT %I.bank_sampah_count_lines($1, $2)', TG_TABLE_SCHEMA) USING TG_TABLE_SCHEMA, lines;
    RETURN NULL;
END $$
"""
GUARD = """
CREATE FUNCTION bank_sampah_guard_sums() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'the sums of the waste bank follow its slips alone'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$
"""
FUNCTIONS = {
    "count_slips(text, bigint[])": COUNT_SLIPS,
    "count_lines(text, bigint[])": COUNT_LINES,
    "count_out(text, bigint[])": COUNT_OUT,
    "keep_sums()": KEEP,
    "count_earlier()": EARLIER,
    "guard_sums()": GUARD,
}
SUMS = ("bank_sampah_unitmonth", "bank_sampah_grademonth", "bank_sampah_memberyear")


def each(sql: str) -> list[str]:
    return [sql.format(table=table) for table in SUMS]


class Migration(migrations.Migration):
    dependencies = [("bank_sampah", "0010_sums_by_month_and_year")]

    operations = [
        *(
            migrations.RunSQL([text], [f"DROP FUNCTION bank_sampah_{name}"])
            for name, text in FUNCTIONS.items()
        ),
        migrations.RunSQL(
            [
                "CREATE TRIGGER counts AFTER UPDATE ON bank_sampah_earlierslips FOR EACH ROW"
                " EXECUTE FUNCTION bank_sampah_count_earlier()"
            ],
            ["DROP TRIGGER counts ON bank_sampah_earlierslips"],
        ),
        # Writers come to slips first and to lines after them; so does this. From here to the end nobody writes either.
        migrations.RunSQL(
            [
                "CREATE TRIGGER keeps_sums AFTER INSERT ON bank_sampah_deposit"
                " REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION bank_sampah_keep_sums()",
                "CREATE TRIGGER takes_out_of_sums AFTER UPDATE ON bank_sampah_deposit"
                " REFERENCING OLD TABLE AS stale NEW TABLE AS fresh"
                " FOR EACH STATEMENT EXECUTE FUNCTION bank_sampah_keep_sums()",
                "CREATE TRIGGER keeps_sums AFTER INSERT ON bank_sampah_depositline"
                " REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION bank_sampah_keep_sums()",
                "INSERT INTO bank_sampah_earlierslips (until, done)"
                " SELECT max(id), 0 FROM bank_sampah_deposit HAVING max(id) IS NOT NULL",
            ],
            [
                "DROP TRIGGER keeps_sums ON bank_sampah_deposit",
                "DROP TRIGGER takes_out_of_sums ON bank_sampah_deposit",
                "DROP TRIGGER keeps_sums ON bank_sampah_depositline",
                # Put in place again, the triggers begin with empty sums.
                *each("DELETE FROM {table}"),
                "DELETE FROM bank_sampah_earlierslips",
            ],
        ),
        migrations.RunSQL(
            each(
                "CREATE TRIGGER guarded BEFORE INSERT OR UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION bank_sampah_guard_sums()"
            ),
            each("DROP TRIGGER guarded ON {table}"),
        ),
    ]
