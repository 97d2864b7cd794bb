"""Thirty-two tellers in four processes book, take back and book again, while back ends are terminated and processes killed.

A teller keeps asking with the same key until it has an answer, as a phone on a bad network does. What it was answered is written where
a killed process leaves it standing.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import random
import signal
import threading
import time
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import DatabaseError, InterfaceError, connection

from tenant_apps.ledger.errors import KeyReused, Overdrawn
from tenant_apps.ledger.models import Account, AccountKind, JournalEntry, JournalLine
from tenant_apps.ledger.services import Posting, post, reverse, unproven_accounts
from tenants.context import in_region
from tenants.models import Region
from tests.cast import BY, Cast
from tests.trials import FULL, rounds, seeded
from tests.world import admin

# Half of the people when there is little time, each with a tenth of the turns.
TELLERS, PROCESSES = 32 if FULL else 16, 4
REFUSED = -1
fork = multiprocessing.get_context("fork")

SAMPLE = """
SELECT (SELECT sum(balance) FROM {schema}.ledger_account),
       (SELECT coalesce(sum(amount), 0) FROM {schema}.ledger_journalline),
       (SELECT count(*) FROM {schema}.ledger_account AS account LEFT JOIN
            (SELECT account_id, sum(amount) AS total FROM {schema}.ledger_journalline GROUP BY 1) AS lines
            ON lines.account_id = account.id WHERE account.balance <> coalesce(lines.total, 0)),
       (SELECT count(*) FROM {schema}.ledger_account WHERE no_overdraft
            AND ((kind = 'asset' AND balance < 0) OR (kind = 'liability' AND balance > 0))),
       (SELECT count(*) FROM (SELECT FROM {schema}.ledger_journalentry AS entry
            LEFT JOIN {schema}.ledger_journalline AS line ON line.entry_id = entry.id
            GROUP BY entry.id HAVING count(line.id) < 2 OR sum(line.amount) <> 0) AS wrong),
       (SELECT count(*) FROM {schema}.ledger_journalentry)
"""


@dataclass
class Bench:
    """What tellers share across processes: which accounts there are, and what each was answered (0: nothing yet)."""

    region: Region
    seed: int
    each: int
    citizens: list[Account]
    cash: Account
    answers: Any
    faults: Any

    def answer(self, teller: int, turn: int) -> int:
        return int(self.answers[teller * self.each + turn])

    def note(self, teller: int, turn: int, entry: int) -> None:
        before = self.answer(teller, turn)
        if before > 0 and before != entry:
            self.fault(f"teller {teller}, turn {turn}: entry {before} first, {entry} now")
        self.answers[teller * self.each + turn] = entry

    def fault(self, text: str) -> None:
        self.faults.put(text)


def turn_of(bench: Bench, teller: int, turn: int) -> None:
    """One operation, the same each time it is tried: its dice hang on the teller and the turn alone."""
    dice = random.Random(f"{bench.seed}:{teller}:{turn}")
    one, two = dice.sample(bench.citizens, 2)
    amount, what = dice.randint(1, 900), dice.random()
    # An answer of an earlier turn, if the dice find one that is an entry.
    earlier = bench.answer(teller, dice.randrange(turn)) if turn else REFUSED
    key = f"{teller}:{turn}"
    if what < 0.12:
        # Every teller books this one: whoever is first, all get the same entry.
        same = random.Random(f"{bench.seed}:shared:{turn}")
        account, amount, key = same.choice(bench.citizens), same.randint(1, 900), f"shared:{turn}"
        lines = [Posting(account, -amount), Posting(bench.cash, amount)]
    elif what < 0.4:
        lines = [Posting(one, -amount), Posting(bench.cash, amount)]
    elif what < 0.65:
        lines = [Posting(one, amount), Posting(bench.cash, -amount)]
    elif what < 0.85 or earlier == REFUSED:
        lines = [Posting(one, amount), Posting(two, -amount)]
    elif what < 0.93:
        entry = JournalEntry.objects.get(pk=earlier)
        bench.note(teller, turn, reverse(entry=entry, key=key, text="batal", by=BY).pk)
        return
    else:
        # An answer that got lost on the way: the same key is sent again, and must find its entry.
        entry = JournalEntry.objects.get(pk=earlier)
        lines = [Posting(line.account, line.amount) for line in entry.lines.select_related("account")]
        again = post(key=entry.key, text="lagi", postings=lines, by=BY, reverses=entry.reverses)
        if again.pk != entry.pk:
            bench.fault(f"key {entry.key}: entry {entry.pk} first, {again.pk} now")
        bench.note(teller, turn, REFUSED)
        return
    bench.note(teller, turn, post(key=key, text="uji", postings=lines, by=BY).pk)


def tell(bench: Bench, teller: int) -> None:
    """Turn after turn until all are answered, from where a killed teller stopped."""
    try:
        with in_region(bench.region):
            for turn in range(bench.each):
                while bench.answer(teller, turn) == 0:
                    try:
                        turn_of(bench, teller, turn)
                    except (Overdrawn, KeyReused):
                        bench.note(teller, turn, REFUSED)
                    except (DatabaseError, InterfaceError) as broken:
                        if "terminat" not in str(broken) and "closed" not in str(broken) and "lost" not in str(broken):
                            raise
                        connection.close()
    except Exception as failure:
        bench.fault(f"teller {teller}: {failure!r}")
    finally:
        connection.close()


def serve(bench: Bench, number: int) -> None:
    tellers = range(number, TELLERS, PROCESSES)
    threads = [threading.Thread(target=tell, args=(bench, teller)) for teller in tellers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_tellers_who_are_killed_and_cut_off_keep_the_books(committed: None, market: Cast, kalidoni: Region) -> None:
    chance, each = seeded(), rounds(2_000)
    citizens = [
        Account.objects.create(
            code=f"citizen:{90_000 + n}:balance", name="x", kind=AccountKind.LIABILITY, no_overdraft=True
        )
        for n in range(12)
    ]
    cash = Account.objects.create(code="courier:1:cash", name="x", kind=AccountKind.ASSET, no_overdraft=True)
    answers = fork.Array(ctypes.c_longlong, TELLERS * each, lock=False)
    bench = Bench(kalidoni, chance.randrange(2**32), each, citizens, cash, answers, fork.SimpleQueue())
    connection.close()
    works = [fork.Process(target=serve, args=(bench, number)) for number in range(PROCESSES)]
    for work in works:
        work.start()
    samples, most, killed, cut = 0, 0, 0, 0
    try:
        with admin() as cursor:
            sample = psycopg.sql.SQL(SAMPLE).format(schema=psycopg.sql.Identifier(kalidoni.schema_name))
            ends = time.monotonic() + 1_800
            while any(work.is_alive() for work in works) and time.monotonic() < ends:
                time.sleep(chance.uniform(0.05, 0.3))
                cursor.execute(sample)
                total, lines, unlike, overdrawn, unbalanced, entries = cursor.fetchone() or ()
                assert (total, lines, unlike, overdrawn, unbalanced) == (0, 0, 0, 0, 0)
                assert entries >= most
                samples, most = samples + 1, entries
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND usename = %s ORDER BY random() LIMIT 2) AS chosen",
                    [connection.settings_dict["USER"]],
                )
                cut += len(cursor.fetchall())
                if chance.random() < 0.2:
                    number = chance.randrange(PROCESSES)
                    if works[number].is_alive() and (pid := works[number].pid):
                        os.kill(pid, signal.SIGKILL)
                        works[number].join()
                        killed += 1
                        works[number] = fork.Process(target=serve, args=(bench, number))
                        works[number].start()
        for work in works:
            work.join(60)
    finally:
        for work in works:
            work.kill()
    faults = []
    while not bench.faults.empty():
        faults.append(bench.faults.get())
    assert faults == []
    given = answers[:]
    assert 0 not in given, "somebody was never answered"
    booked = {answer for answer in given if answer > 0}
    # Each answered entry is there, and no other: nothing is lost, nothing is booked twice.
    assert set(JournalEntry.objects.values_list("pk", flat=True)) == booked
    assert JournalLine.objects.count() == 2 * len(booked)
    assert unproven_accounts() == []
    assert all(account.amount >= 0 for account in Account.objects.filter(no_overdraft=True))
    print(
        f"{TELLERS * each} turns, {len(booked)} entries, {samples} samples, {killed} processes killed, {cut} back ends cut off"
    )
    assert samples and killed and cut
