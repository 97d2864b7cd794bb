"""Years of a waste bank, month by month, written by bulk statements into a region whose units and grades are there.

Triggers and indexes are left out while rows are written, as no region could; the sums are then counted in by the migration that
does it for slips from before them, and everything else adds up by itself: `faults_of` says where it does not.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import psycopg

BIG = (
    "ledger_journalentry",
    "ledger_journalline",
    "bank_sampah_deposit",
    "bank_sampah_depositline",
    "bank_sampah_lot",
    "bank_sampah_lotmovement",
    "bank_sampah_withdrawal",
)
FIRST = "Siti Nur Budi Agus Dewi Sri Eko Ratna Yuli Hasan Wati Rahmat Fitri Dian Andi Rina Joko Lestari Umar Halimah Zainal Maimunah"
LAST = (
    "Aminah Wahyuni Santoso Hidayat Lestari Rahayu Prasetyo Utami Saputra Handayani Kurniawan Wulandari Setiawan Puspita"
    " Firmansyah Anggraini Nugroho Maharani Gunawan Safitri Hartono Permata Wijaya Susanti Ramadhan"
)
RARE = "Zulkarnain Hutagalung"
# A number of six signs, as tenants.kernel.numbers makes them: the factor has nothing in common with 24, so each comes once.
NUMBER = """
CREATE FUNCTION pg_temp.number(place bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(substr('2346789CDFGHJKMNPQRTWXYZ', 1 + ((place * 48271 + 777) % 191102976 / worth % 24)::int, 1), '')
    FROM unnest(ARRAY[1, 24, 576, 13824, 331776, 7962624]) AS worth $$
"""
PREPARE = (
    # Every fifth member is of the first unit; numbered from 1.
    "CREATE TEMP TABLE unit AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM bank_sampah_wasteunit",
    "CREATE TEMP TABLE kind AS SELECT grade.id, row_number() OVER (ORDER BY grade.id) - 1 AS n, type.measure, type.piece_g,"
    " type.name, CASE type.measure WHEN 'g' THEN 1000 ELSE 1 END AS per, price.price"
    " FROM bank_sampah_wastegrade grade JOIN bank_sampah_wastetype type ON type.id = grade.type_id"
    " JOIN bank_sampah_wasteprice price ON price.grade_id = grade.id",
    "CREATE TEMP TABLE person AS SELECT n, CASE n %% 5 WHEN 0 THEN 0 ELSE 1 + n / 30 %% (%(units)s - 1) END AS unit_n"
    " FROM generate_series(1, %(members)s) n",
    "INSERT INTO bank_sampah_member (id, public_id, number, kind, name, phone, unit_id, address, card, pin, pin_failures, state,"
    " consent_version, consent_at, joined_at, by) SELECT person.n, gen_random_uuid(), pg_temp.number(person.n), 'person',"
    " CASE person.n WHEN %(members)s THEN %(rare)s ELSE (%(first)s::text[])[1 + person.n * 7 %% %(firsts)s] || ' ' ||"
    " (%(last)s::text[])[1 + person.n * 13 / 22 %% %(lasts)s] || CASE WHEN person.n %% 3 = 0"
    " THEN ' ' || (%(last)s::text[])[1 + person.n %% %(lasts)s] ELSE '' END END, '0812' || lpad(person.n::text, 8, '0'), unit.id,"
    " 'Lorong ' || person.n %% 90, lpad(person.n::text, 16, 'k'), '', 0,"
    " CASE WHEN person.n %% 50 = 7 THEN 'closed' ELSE 'active' END, '1', %(since)s, %(since)s, 'system:bench'"
    " FROM person JOIN unit ON unit.n = person.unit_n",
    "INSERT INTO bank_sampah_savingsbook (id, public_id, number, member_id, purpose, opened_at, by)"
    " SELECT n, gen_random_uuid(), pg_temp.number(n), n, '', %(since)s, 'system:bench' FROM person",
    "INSERT INTO ledger_account (public_id, code, name, kind, no_overdraft, balance)"
    " SELECT gen_random_uuid(), 'savings:' || n || ':' || part, pg_temp.number(n) || ': ' || part, 'liability', true, 0"
    " FROM person, unnest(ARRAY['book', 'reserved']) part",
    "CREATE TEMP TABLE purse AS SELECT split_part(code, ':', 2)::bigint AS n,"
    " min(id) FILTER (WHERE code LIKE '%%:book') AS book, min(id) FILTER (WHERE code LIKE '%%:reserved') AS reserved"
    " FROM ledger_account WHERE code LIKE 'savings:%%' GROUP BY 1",
    "CREATE TEMP TABLE box AS SELECT split_part(code, ':', 2)::bigint AS unit_id,"
    " min(id) FILTER (WHERE code LIKE '%%:stock') AS stock, min(id) FILTER (WHERE code LIKE '%%:committee') AS committee,"
    " min(id) FILTER (WHERE code LIKE '%%:cash') AS cash, min(id) FILTER (WHERE code LIKE '%%:shrink') AS shrink,"
    " min(id) FILTER (WHERE code LIKE '%%:owed') AS owed, min(id) FILTER (WHERE code LIKE '%%:cost') AS cost,"
    " min(id) FILTER (WHERE code LIKE '%%:sales') AS sales FROM ledger_account WHERE code LIKE 'waste:%%' GROUP BY 1",
    "ANALYZE unit, kind, person, purse, box, bank_sampah_member",
    # Each box is filled once for all.
    "WITH made AS (INSERT INTO ledger_journalentry (public_id, key, text, at, by)"
    " SELECT gen_random_uuid(), 'waste_box:' || unit_id, 'Kas diisi', %(since)s, 'system:bench' FROM box RETURNING id, key)"
    " INSERT INTO ledger_journalline (entry_id, account_id, amount) SELECT made.id, side.account, side.amount FROM made"
    " JOIN box ON 'waste_box:' || box.unit_id = made.key,"
    " LATERAL (VALUES (box.cash, 1000000000000), ((SELECT id FROM ledger_account WHERE code = 'satker:cash'), -1000000000000))"
    " AS side(account, amount)",
)  # fmt: skip
# One round: everybody comes once in `step` days, the last of which is `last`, with two kinds.
ROUND = (
    "CREATE TEMP TABLE slip ON COMMIT DROP AS SELECT person.n, %(slips)s::bigint + person.n AS id, unit.id AS unit_id,"
    " %(last)s::date - (person.n / 5 * 7 %% %(step)s)::int AS day, gen_random_uuid() AS key, one.id AS g1, two.id AS g2,"
    " one.q AS q1, two.q AS q2, one.price AS p1, two.price AS p2, one.value AS v1, two.value AS v2, one.grams + two.grams AS grams,"
    " (one.value + two.value) AS value, (one.value + two.value) / 10 AS share, (person.n + %(turn)s) %% 200 = 0 AS back,"
    " %(entries)s::bigint + person.n AS entry_id"
    " FROM person JOIN unit ON unit.n = person.unit_n,"
    " LATERAL (SELECT kind.id, kind.price, amount.q, (2 * amount.q * kind.price + kind.per) / (2 * kind.per) AS value,"
    " CASE kind.measure WHEN 'g' THEN amount.q ELSE amount.q * kind.piece_g END AS grams FROM kind,"
    " LATERAL (SELECT CASE kind.measure WHEN 'g' THEN 500 + person.n * 37 %% 4000 + %(turn)s ELSE 1 + person.n %% 20 END::bigint AS q)"
    " amount WHERE kind.n = (person.n + %(turn)s) %% %(kinds)s) one,"
    " LATERAL (SELECT kind.id, kind.price, amount.q, (2 * amount.q * kind.price + kind.per) / (2 * kind.per) AS value,"
    " CASE kind.measure WHEN 'g' THEN amount.q ELSE amount.q * kind.piece_g END AS grams FROM kind,"
    " LATERAL (SELECT CASE kind.measure WHEN 'g' THEN 300 + person.n * 53 %% 3000 ELSE 1 + person.n %% 9 END::bigint AS q) amount"
    " WHERE kind.n = (person.n + %(turn)s + 1 + person.n / 24 %% (%(kinds)s - 1)) %% %(kinds)s) two",
    "ANALYZE slip",
    "INSERT INTO ledger_journalentry (id, public_id, key, text, at, by)"
    " SELECT entry_id, gen_random_uuid(), 'deposit:' || key, 'Sampah ditimbang: ' || grams || ' g', day + time '08:00', 'system:bench'"
    " FROM slip ORDER BY n",
    "INSERT INTO bank_sampah_deposit (id, number, key, public_id, unit_id, book_id, state, at, day, by, grams, value, share_bps, share,"
    " entry_id, reversed_at, reversed_by, reason) SELECT id, pg_temp.number(id), key, gen_random_uuid(), unit_id, n,"
    " CASE WHEN back THEN 'reversed' ELSE 'saved' END, day + time '08:00', day, 'system:bench', grams, value, 1000, share, entry_id,"
    " CASE WHEN back THEN day + time '09:00' END, CASE WHEN back THEN 'system:bench' ELSE '' END,"
    " CASE WHEN back THEN 'salah' ELSE '' END FROM slip ORDER BY n",
    "CREATE TEMP TABLE line ON COMMIT DROP AS SELECT slip.id, slip.unit_id, slip.day, slip.back, part.* FROM slip,"
    " LATERAL (VALUES (g1, q1, p1, v1), (g2, q2, p2, v2)) part(grade_id, quantity, price, value)",
    "CREATE TEMP TABLE lot ON COMMIT DROP AS WITH made AS (INSERT INTO bank_sampah_lot (unit_id, origin_id, grade_id, day, on_hand, cost)"
    " SELECT unit_id, unit_id, grade_id, day, 0, 0 FROM line GROUP BY 1, 3, 4 ORDER BY 4, 1, 3 RETURNING id, unit_id, grade_id, day)"
    " SELECT * FROM made",
    "ANALYZE line, lot",
    "INSERT INTO bank_sampah_depositline (deposit_id, grade_id, lot_id, name, measure, quantity, price, value)"
    " SELECT line.id, line.grade_id, lot.id, kind.name, kind.measure, line.quantity, line.price, line.value FROM line"
    " JOIN lot USING (unit_id, grade_id, day) JOIN kind ON kind.id = line.grade_id ORDER BY line.id",
    "INSERT INTO bank_sampah_lotmovement (lot_id, kind, quantity, cost, reference, by, at)"
    " SELECT lot.id, side.kind, side.sign * line.quantity, side.sign * line.value, 'deposit:' || pg_temp.number(line.id),"
    " 'system:bench', line.day + time '08:00' FROM line JOIN lot USING (unit_id, grade_id, day),"
    " LATERAL (VALUES ('in', 1), ('reversed', -1)) side(kind, sign) WHERE side.sign = 1 OR line.back ORDER BY line.id",
    "INSERT INTO ledger_journalline (entry_id, account_id, amount) SELECT slip.entry_id, side.account, side.amount FROM slip"
    " JOIN purse ON purse.n = slip.n JOIN box ON box.unit_id = slip.unit_id,"
    " LATERAL (VALUES (box.stock, slip.value), (purse.book, slip.share - slip.value), (box.committee, -slip.share))"
    " side(account, amount) WHERE side.amount <> 0 ORDER BY slip.n",
    "WITH made AS (INSERT INTO ledger_journalentry (public_id, key, text, at, by, reverses_id)"
    " SELECT gen_random_uuid(), 'deposit:' || key || ':back', 'Slip dibatalkan: salah', day + time '09:00', 'system:bench', entry_id"
    " FROM slip WHERE back RETURNING id, reverses_id)"
    " INSERT INTO ledger_journalline (entry_id, account_id, amount) SELECT made.id, line.account_id, -line.amount FROM made"
    " JOIN slip ON slip.entry_id = made.reverses_id JOIN purse ON purse.n = slip.n JOIN box ON box.unit_id = slip.unit_id,"
    " LATERAL (VALUES (box.stock, slip.value), (purse.book, slip.share - slip.value), (box.committee, -slip.share))"
    " line(account_id, amount) WHERE line.amount <> 0",
)  # fmt: skip
# Once a year everybody takes out what they saved this time, in cash.
PAYOUTS = (
    "CREATE TEMP TABLE payout ON COMMIT DROP AS SELECT n, unit_id, %(last)s::date AS day, value - share AS amount,"
    " %(payouts)s::bigint + n AS id, gen_random_uuid() AS key FROM slip WHERE NOT back AND value > share",
    "INSERT INTO bank_sampah_withdrawal (id, number, key, public_id, book_id, way, amount, unit_id, bank, account_end, bank_reference,"
    " state, day, at, by) SELECT id, pg_temp.number(id), key, gen_random_uuid(), n, 'cash', amount, unit_id, '', '', '', 'paid', day,"
    " day + time '10:00', 'system:bench' FROM payout",
    "WITH made AS (INSERT INTO ledger_journalentry (public_id, key, text, at, by)"
    " SELECT gen_random_uuid(), 'withdrawal:' || key || step.name, 'Penarikan ' || pg_temp.number(id), day + time '10:00' + step.later,"
    " 'system:bench' FROM payout, (VALUES ('', interval '0'), (':paid', interval '1 hour')) step(name, later) RETURNING id, key)"
    " INSERT INTO ledger_journalline (entry_id, account_id, amount)"
    " SELECT made.id, side.account, side.sign * payout.amount FROM made"
    " JOIN payout ON 'withdrawal:' || payout.key = left(made.key, 47) JOIN purse ON purse.n = payout.n"
    " JOIN box ON box.unit_id = payout.unit_id,"
    " LATERAL (SELECT * FROM (VALUES (purse.book, 1, ''), (purse.reserved, -1, ''), (purse.reserved, 1, ':paid'),"
    " (box.cash, -1, ':paid')) all_of_them(account, sign, name) WHERE 'withdrawal:' || payout.key || name = made.key) side",
)  # fmt: skip
# Afterwards each unit writes off a fiftieth of one kind and sells all that is left to one buyer, who pays at once.
SALES = (
    "CREATE TEMP TABLE left_over ON COMMIT DROP AS SELECT lot.id, lot.unit_id, lot.grade_id, lot.day,"
    " sum(line.quantity) AS quantity, sum(line.value) AS cost,"
    " CASE WHEN kind.n = %(turn)s %% %(kinds)s THEN floor(sum(line.quantity) / 50) ELSE 0 END AS lost, 0::numeric AS lost_cost"
    " FROM lot JOIN line USING (unit_id, grade_id, day) JOIN kind ON kind.id = lot.grade_id WHERE NOT line.back"
    " GROUP BY lot.id, lot.unit_id, lot.grade_id, lot.day, kind.n",
    "UPDATE left_over SET lost_cost = floor(cost * lost / quantity) WHERE lost > 0",
    "INSERT INTO bank_sampah_work (number, key, unit_id, grade_id, quantity, outcome, lost, reason, note, at, by)"
    " SELECT pg_temp.number(%(works)s::bigint + unit.n), gen_random_uuid(), unit_id, grade_id, sum(lost), '{}', sum(lost), 'dried', '',"
    " %(sold)s::date + time '07:00', 'system:bench' FROM left_over JOIN unit ON unit.id = unit_id WHERE lost > 0 GROUP BY unit.n, 3, 4",
    "INSERT INTO bank_sampah_lotmovement (lot_id, kind, quantity, cost, reference, by, at)"
    " SELECT id, 'shrunk', -lost, -lost_cost, 'waste_work:' || %(turn)s || ':' || unit_id, 'system:bench', %(sold)s::date + time '07:00'"
    " FROM left_over WHERE lost > 0",
    "INSERT INTO bank_sampah_wastesale (id, number, key, unit_id, buyer_id, note_number, state, settled, day, at, by, total, cost,"
    " proceeds_bps, shared, paid_at, paid_by, reversed_by, reason) SELECT %(works)s::bigint + unit.n + 1,"
    " pg_temp.number(%(works)s::bigint + unit.n),"
    " gen_random_uuid(), unit_id, (SELECT min(id) FROM bank_sampah_buyer), %(turn)s || '/' || unit_id, 'paid', 'bank', %(sold)s,"
    " %(sold)s::date + time '08:00', 'system:bench', sum(cost - lost_cost) * 13 / 10 + 1, sum(cost - lost_cost), 0, 0,"
    " %(sold)s::date + time '08:00', 'system:bench', '', '' FROM left_over JOIN unit ON unit.id = unit_id GROUP BY unit.n, unit_id",
    "INSERT INTO bank_sampah_wastesaleline (sale_id, grade_id, name, measure, quantity, price, amount, cost)"
    " SELECT %(works)s::bigint + unit.n + 1, grade_id, kind.name, kind.measure, sum(quantity - lost), kind.price * 13 / 10,"
    " floor(sum(cost - lost_cost) * 1.3), sum(cost - lost_cost)"
    " FROM left_over JOIN unit ON unit.id = unit_id JOIN kind ON kind.id = grade_id WHERE quantity > lost"
    " GROUP BY unit.n, grade_id, kind.name, kind.measure, kind.price",
    "INSERT INTO bank_sampah_lotmovement (lot_id, kind, quantity, cost, reference, by, at)"
    " SELECT left_over.id, 'sold', lost - quantity, lost_cost - cost, 'waste_sale:' || pg_temp.number(%(works)s::bigint + unit.n),"
    " 'system:bench', %(sold)s::date + time '08:00' FROM left_over JOIN unit ON unit.id = unit_id WHERE quantity > lost",
    "WITH made AS (INSERT INTO ledger_journalentry (public_id, key, text, at, by) SELECT gen_random_uuid(),"
    " 'waste_sale:' || pg_temp.number(%(works)s::bigint + unit.n), 'Dijual', %(sold)s::date + time '08:00', 'system:bench' FROM unit"
    " RETURNING id, key), sum_of AS (SELECT unit.n, unit_id, sum(cost) AS cost, sum(lost_cost) AS lost,"
    " sum(cost - lost_cost) * 13 / 10 + 1 AS total FROM left_over JOIN unit ON unit.id = unit_id GROUP BY 1, 2)"
    " INSERT INTO ledger_journalline (entry_id, account_id, amount) SELECT made.id, side.account, side.amount FROM made"
    " JOIN sum_of ON 'waste_sale:' || pg_temp.number(%(works)s::bigint + sum_of.n) = made.key JOIN box ON box.unit_id = sum_of.unit_id,"
    " LATERAL (VALUES (box.stock, -sum_of.cost), (box.cost, sum_of.cost - sum_of.lost), (box.shrink, sum_of.lost),"
    " (box.sales, -floor(sum_of.total)), ((SELECT id FROM ledger_account WHERE code = 'satker:bank'), floor(sum_of.total)))"
    " side(account, amount) WHERE side.amount <> 0",
)  # fmt: skip
CLOSE = (
    "UPDATE ledger_account account SET balance = sums.total FROM (SELECT account_id, sum(amount) AS total FROM ledger_journalline"
    " GROUP BY 1) sums WHERE sums.account_id = account.id",
    "UPDATE bank_sampah_lot lot SET on_hand = sums.quantity, cost = sums.cost FROM (SELECT lot_id, sum(quantity) AS quantity,"
    " sum(cost) AS cost FROM bank_sampah_lotmovement GROUP BY 1 HAVING sum(quantity) <> 0) sums WHERE sums.lot_id = lot.id",
    "INSERT INTO bank_sampah_earlierslips (until, done) SELECT max(id), 0 FROM bank_sampah_deposit",
)
SAME = """
SELECT count(*) FROM (
    SELECT month, unit_id, grade_id, quantity, value FROM bank_sampah_grademonth
    EXCEPT ALL SELECT date_trunc('month', slip.day)::date, slip.unit_id, line.grade_id, sum(line.quantity), sum(line.value)
    FROM bank_sampah_depositline line JOIN bank_sampah_deposit slip ON slip.id = line.deposit_id WHERE slip.state = 'saved' GROUP BY 1, 2, 3
) x
"""
FAULTS = {
    "sums of grades": SAME,
    "sums of units": "SELECT count(*) FROM (SELECT month, unit_id, slips, grams, value, share FROM bank_sampah_unitmonth EXCEPT ALL"
    " SELECT date_trunc('month', day)::date, unit_id, count(*), sum(grams), sum(value), sum(share) FROM bank_sampah_deposit"
    " WHERE state = 'saved' GROUP BY 1, 2) x",
    "years of members": "SELECT count(*) FROM (SELECT year, member_id, slips FROM bank_sampah_memberyear EXCEPT ALL"
    " SELECT extract(year FROM day), member_id, count(*) FROM bank_sampah_deposit slip JOIN bank_sampah_savingsbook book"
    " ON book.id = slip.book_id WHERE state = 'saved' GROUP BY 1, 2) x",
    "slips in the sums": "SELECT (SELECT sum(slips) FROM bank_sampah_unitmonth)"
    " - (SELECT count(*) FROM bank_sampah_deposit WHERE state = 'saved')",
    "entries that do not balance": "SELECT count(*) FROM (SELECT FROM ledger_journalline GROUP BY entry_id HAVING sum(amount) <> 0) x",
    "balances": "SELECT count(*) FROM ledger_account account JOIN (SELECT account_id, sum(amount) AS total FROM ledger_journalline"
    " GROUP BY 1) sums ON sums.account_id = account.id WHERE sums.total <> account.balance",
    "stock": "SELECT count(*) FROM (SELECT unit_id, sum(cost) AS cost FROM bank_sampah_lot GROUP BY 1) lots JOIN ledger_account"
    " ON code = 'waste:' || unit_id || ':stock' WHERE balance <> cost",
}


@dataclass(frozen=True)
class Written:
    """How many rows there are, and how long it took to write them and to count them in."""

    slips: int
    lines: int
    journal_lines: int
    movements: int
    lots: int
    seconds: float
    counting_seconds: float
    longest_step: float


def write_years(
    admin: psycopg.Connection[Any],
    schema: str,
    *,
    members: int,
    today: date,
    years: int,
    a_year: int,
    a_step: int = 5_000,
) -> Written:
    """Superuser's statements; the region's units, accounts of units, grades, prices and a buyer are there, and nothing else."""
    began = time.monotonic()
    admin.execute(f'SET search_path TO "{schema}", public')
    admin.execute("SET session_replication_role = replica")
    admin.execute("SET work_mem = '256MB'")
    admin.execute("SET maintenance_work_mem = '512MB'")
    admin.execute("SET synchronous_commit = off")
    admin.execute(NUMBER)
    dropped = _without_indexes(admin)
    units, kinds = (
        _one(admin, "SELECT count(*) FROM bank_sampah_wasteunit"),
        _one(admin, "SELECT count(*) FROM bank_sampah_wastegrade"),
    )
    step = 365 // a_year
    rounds = years * a_year
    first, last_names = FIRST.split(), LAST.split()
    told: dict[str, Any] = {
        "units": units, "kinds": kinds, "members": members, "rare": RARE, "since": today - timedelta(days=step * rounds + 1),
        "first": first, "firsts": len(first), "last": last_names, "lasts": len(last_names), "step": step,
    }  # fmt: skip
    for statement in PREPARE:
        _run(admin, statement, told)
    for turn in range(rounds):
        last = today - timedelta(days=step * (rounds - 1 - turn))
        entries = _one(admin, "SELECT max(id) FROM ledger_journalentry")
        here = {
            **told, "turn": turn, "last": last, "slips": turn * members, "entries": entries, "payouts": turn * members,
            "works": turn * units, "sold": last + timedelta(days=1),
        }  # fmt: skip
        with admin.transaction():
            # Ids of this round's entries are told beforehand; what the database numbers itself comes after them.
            _run(admin, f"ALTER TABLE ledger_journalentry ALTER COLUMN id RESTART WITH {entries + members + 1}", {})
            statements = [
                *ROUND,
                *(PAYOUTS if turn % a_year == a_year - 1 else ()),
                *(SALES if turn < rounds - 1 else ()),
            ]
            for statement in statements:
                _run(admin, statement, here)
    for statement in CLOSE:
        admin.execute(statement)
    for statement in dropped:
        admin.execute(statement)
    for table in (*BIG, "bank_sampah_member", "bank_sampah_savingsbook"):
        admin.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 1) FROM {table}))"
        )
    admin.execute("VACUUM ANALYZE")
    wrote = time.monotonic() - began
    admin.execute("SET session_replication_role = origin")
    longest = _count_in(admin, a_step)
    counted = time.monotonic() - began - wrote
    admin.execute("VACUUM ANALYZE")
    entry_lines, slips, lines, lots, movements = (_one(admin, f"SELECT count(*) FROM {table}") for table in BIG[1:6])
    return Written(slips, lines, entry_lines, movements, lots, wrote, counted, longest)


def faults_of(admin: psycopg.Connection[Any], schema: str) -> dict[str, int]:
    """What does not add up, counted anew from all slips, lines and entries; nothing, or the ground is no good."""
    admin.execute(f'SET search_path TO "{schema}", public')
    found = {what: _one(admin, statement) for what, statement in FAULTS.items()}
    return {what: count for what, count in found.items() if count}


def _count_in(admin: psycopg.Connection[Any], a_step: int) -> float:
    """As migration 0012 does; returns the seconds of its longest step."""
    until, longest = _one(admin, "SELECT until FROM bank_sampah_earlierslips"), 0.0
    for done in range(0, until, a_step):
        began = time.monotonic()
        admin.execute("UPDATE bank_sampah_earlierslips SET done = greatest(done, %s)", [min(done + a_step, until)])
        longest = max(longest, time.monotonic() - began)
    return longest


def _without_indexes(admin: psycopg.Connection[Any]) -> list[str]:
    """Drops all but the primary keys of the big tables; returns what puts them back."""
    back = []
    for table in BIG:
        rows = admin.execute(
            "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), c.conname, pg_get_constraintdef(c.oid)"
            " FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype = 'u'"
            " AND c.conrelid = i.indrelid"
            " WHERE i.indrelid = %s::regclass AND NOT i.indisprimary",
            [table],
        ).fetchall()
        for index, made, rule, meaning in rows:
            if rule:
                admin.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{rule}"')
                back.append(f'ALTER TABLE {table} ADD CONSTRAINT "{rule}" {meaning}')
            else:
                admin.execute(f"DROP INDEX {index}")
                back.append(made)
    return back


def _run(admin: psycopg.Connection[Any], statement: str, told: dict[str, Any]) -> None:
    # Literals, for types of parameters cannot be guessed in all of these places.
    with psycopg.ClientCursor(admin) as cursor:
        cursor.execute(statement, told or None)


def _one(admin: psycopg.Connection[Any], statement: str) -> int:
    row = admin.execute(statement).fetchone()
    assert row
    return int(row[0] or 0)
