"""The bank's statement: kept once and clean, matched, its exceptions worked off."""

from __future__ import annotations

import time
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tenant_apps.agent_banking.customers import customer_number
from tenant_apps.agent_banking.errors import BadEntry, BadStatement, ColumnsUnknown, ReferenceUsed
from tenant_apps.agent_banking.models import (
    Agent,
    AgentTransaction,
    BankStatement,
    ExceptionKind,
    LimitScope,
    LineState,
    MoveKind,
    StatementException,
)
from tenant_apps.agent_banking.services import (
    apply_statement,
    drop_statement,
    enter_exception,
    note_exception,
    reopen_exception,
    reverse_exception,
    reverse_transaction,
    take_in_statement,
)
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.tables import BadTable
from tests.cast import BY, Cast
from tests.tenant_apps.agent_banking.desk import (
    ANI,
    begun,
    books,
    footprint,
    kind_of,
    limit,
    moved,
    must_be_explained,
    no_limits,
    record,
    reference,
)
from tests.trials import seeded

WIB = ZoneInfo("Asia/Jakarta")
HEAD = "Tanggal;Referensi;Jenis;Nominal;Biaya"


def line(at: datetime, ref: str, kind: str, amount: int, fee: int | str = 5_000) -> str:
    return f"{at.astimezone(WIB):%d/%m/%Y %H.%M};{ref};{kind};{amount};{fee}"


def of(one: AgentTransaction, **more: object) -> str:
    told = {"at": one.at, "ref": one.reference, "kind": one.kind.name, "amount": one.amount, "fee": one.fee} | more
    return line(**told)  # type: ignore[arg-type]


def taken_in(agent: Agent, lines: list[str], head: str = HEAD) -> BankStatement:
    data = "\n".join([head, *lines]).encode()
    return take_in_statement(agent=agent, data=data, name="mutasi.csv", by=BY)


def compared(agent: Agent, lines: list[str], head: str = HEAD) -> BankStatement:
    kept = taken_in(agent, lines, head)
    return apply_statement(statement=kept, columns=kept.columns, by=BY)


def faults(statement: BankStatement) -> list[str]:
    return sorted(statement.exceptions.values_list("kind", flat=True))


def test_five_hundred_lines_with_twelve_exceptions(market: Cast) -> None:
    rng = seeded()
    agent, _day = begun(market, cash=400_000_000, deposit=400_000_000)
    no_limits()
    codes = ("setor_tunai", "tarik_tunai", "bayar_pln", "pulsa")
    done = [record(agent, codes[n % 4], 10_000 + 1_000 * n, number=f"5500{n:06}") for n in range(498)]
    lines = [of(one) for one in done]
    # Three that nobody recorded, three that the bank does not know, two other amounts, two other fees, two twice.
    lines = [text for place, text in enumerate(lines) if place not in (10, 20, 30)]
    lines += [line(done[0].at, f"GONE{n}", "Setor tunai", 777_000 + n) for n in range(3)]
    lines[100], lines[101] = of(done[103], amount=5), of(done[104], amount=6)
    lines[200], lines[201] = of(done[203], fee=1), of(done[204], fee=2)
    lines += [of(done[300]), of(done[301])]
    rng.shuffle(lines)
    assert len(lines) == 500
    began = time.monotonic()
    with CaptureQueriesContext(connection) as queries:
        statement = compared(agent, lines)
    assert time.monotonic() - began < 5
    assert len(queries) < 45
    assert faults(statement) == sorted(
        ["missing_here"] * 3 + ["missing_at_bank"] * 3 + ["other_amount"] * 2 + ["fee_differs"] * 2 + ["doubled"] * 2
    )
    missing = statement.exceptions.filter(kind=ExceptionKind.MISSING_AT_BANK)
    assert {one.transaction_id for one in missing} == {done[n].pk for n in (10, 20, 30)}
    assert statement.lines.count() == 500
    assert statement.lines.filter(state=LineState.MATCHED).count() == 491
    # Taken in again: nothing new.
    before = footprint()
    again = compared(agent, lines)
    assert (again, again.exceptions.count(), BankStatement.objects.count()) == (statement, 12, 1)
    assert footprint() == before


@pytest.mark.parametrize(
    ("case", "change", "fault"),
    [
        ("as recorded", {}, None),
        ("another reference, ten minutes later", {"ref": "OTHER1", "later": 10}, None),
        ("another reference, half an hour later", {"ref": "OTHER1", "later": 30}, None),
        ("another reference, too much later", {"ref": "OTHER1", "later": 31}, "missing_here"),
        ("another reference, another kind", {"ref": "OTHER1", "kind": "Tarik tunai"}, "missing_here"),
        ("another reference, words of no kind", {"ref": "OTHER1", "kind": "TRX 46"}, None),
        ("another reference, one rupiah more", {"ref": "OTHER1", "amount": 100_001}, "missing_here"),
        ("no reference at all", {"ref": ""}, None),
        ("one rupiah more", {"amount": 100_001}, "other_amount"),
        ("another fee", {"fee": 4_999}, "fee_differs"),
        ("no fee told", {"fee": ""}, None),
        ("the reference in small letters", {"small": True}, None),
    ],
)
def test_what_a_line_is(market: Cast, case: str, change: dict[str, object], fault: str | None) -> None:
    agent, _day = begun(market)
    one = record(agent, "setor_tunai", 100_000)
    change = dict(change)
    later, small = int(str(change.pop("later", 0))), change.pop("small", False)
    text = of(one, at=one.at.replace(second=0) + timedelta(minutes=later), **change)
    statement = compared(agent, [text.lower() if small else text])
    found = [kind for kind in faults(statement) if kind != "missing_at_bank"]
    assert found == ([fault] if fault else []), case


def test_days_without_a_time_match_by_the_day(market: Cast) -> None:
    agent, _day = begun(market)
    one = record(agent, "setor_tunai", 100_000)
    day = f"{one.at.astimezone(WIB):%Y-%m-%d}"
    statement = compared(agent, [f"{day};;Setor tunai;100.000;"])
    assert (faults(statement), statement.lines.get().transaction) == ([], one)


def test_debit_and_credit_are_told_apart(market: Cast) -> None:
    agent, _day = begun(market)
    out, back = record(agent, "setor_tunai", 100_000), record(agent, "tarik_tunai", 100_000)
    wrong = record(agent, "setor_tunai", 70_000)
    top_up = moved(agent, MoveKind.OWNER_TO_FLOAT, 250_000, ref="TOPUP-1")
    at = f"{out.at.astimezone(WIB):%Y-%m-%d %H:%M:%S}"
    lines = [
        f"{at},{out.reference},TRX,100000,",
        f'{at},{back.reference},TRX,,"100,000.00"',
        f"{at},{wrong.reference},TRX,,70000",
        f"{at},TOPUP-1,TRX,,250000",
        ",,TOTAL,170000,420000",
    ]
    statement = compared(agent, lines, head="Tanggal,No. Referensi,Keterangan,Debet,Kredit")
    assert faults(statement) == ["other_amount"]
    assert statement.exceptions.get().transaction == wrong
    assert statement.lines.get(reference="TOPUP-1").float_move == top_up
    assert statement.lines.count() == 4


def test_reversals_of_the_bank(market: Cast) -> None:
    agent, _day = begun(market)
    own, same = record(agent, "setor_tunai", 100_000), record(agent, "setor_tunai", 60_000)
    gone = record(agent, "setor_tunai", 40_000)
    reverse_transaction(transaction_=own, reference="REV-1", reason="gagal", by=BY)
    reverse_transaction(transaction_=same, reference=same.reference, reason="gagal", by=BY)
    reverse_transaction(transaction_=gone, reference="REV-2", reason="gagal", by=BY)
    lines = [of(own), of(own, ref="REV-1"), of(same), of(same)]
    assert faults(compared(agent, lines)) == []


def test_a_later_statement_repeats_nothing(market: Cast) -> None:
    agent, _day = begun(market)
    first, missing = record(agent, "setor_tunai", 100_000), record(agent, "setor_tunai", 40_000)
    stranger = line(first.at, "GONE1", "Setor tunai", 5_000)
    early, late = of(first, at=first.at - timedelta(minutes=2)), of(first, ref="X9X9", amount=1)
    one = compared(agent, [early, stranger, line(clock.now(), "END1", "Pulsa", 3)])
    assert faults(one) == ["missing_at_bank", "missing_here", "missing_here"]
    second = record(agent, "setor_tunai", 70_000)
    two = compared(agent, [early, stranger, of(second), late])
    assert faults(two) == ["missing_here"]
    assert list(two.lines.order_by("number").values_list("state", flat=True)) == [
        "known",
        "known",
        "matched",
        "exception",
    ]
    assert missing.pk not in two.exceptions.values_list("transaction", flat=True)


def test_an_exception_is_recorded_late(market: Cast) -> None:
    agent, _day = begun(market)
    limit(LimitScope.TRANSACTION, 1)
    at = clock.now() - timedelta(hours=3)
    statement = compared(agent, [line(at, "LATE1", "Setor tunai", 100_000)])
    found = statement.exceptions.get()
    key = uuid.uuid4()
    with pytest.raises(BadEntry):
        reverse_exception(exception=found, reference="REV-1", reason="x", by=BY)
    done = enter_exception(exception=found, key=key, kind=kind_of("setor_tunai"), customer=customer_number(ANI), by=BY)
    assert (done.amount, done.reference, done.is_late) == (100_000, "LATE1", True)
    assert done.at == at.replace(second=0, microsecond=0)
    found.refresh_from_db()
    assert (found.state, found.resolution, found.transaction) == ("resolved", "entered", done)
    assert [step.move for step in found.history.all()] == ["open", "resolve"]
    assert books(agent)["cash"] == 5_105_000
    must_be_explained(agent)
    before = footprint()
    assert (
        enter_exception(exception=found, key=key, kind=kind_of("setor_tunai"), customer=customer_number(ANI), by=BY)
        == done
    )
    with pytest.raises(ReferenceUsed):
        enter_exception(
            exception=found, key=uuid.uuid4(), kind=kind_of("setor_tunai"), customer=customer_number(ANI), by=BY
        )
    assert footprint() == before


def test_an_exception_is_reversed_or_explained_and_opened_again(market: Cast) -> None:
    agent, _day = begun(market)
    one, two = record(agent, "setor_tunai", 100_000), record(agent, "setor_tunai", 40_000)
    around = [
        line(one.at - timedelta(minutes=5), "A1A1", "Pulsa", 1),
        line(clock.now() + timedelta(minutes=1), "B1B1", "Pulsa", 1),
    ]
    statement = compared(agent, around)
    gone = statement.exceptions.get(transaction=one)
    done = reverse_exception(exception=gone, reference=reference(), reason="tidak jadi di bank", by=BY)
    gone.refresh_from_db()
    assert (done.state, gone.state, gone.resolution) == ("reversed", "resolved", "reversed")
    other = statement.exceptions.get(transaction=two)
    with pytest.raises(BadEntry):
        note_exception(exception=other, note=" ", by=BY)
    for _tap in range(2):
        note_exception(exception=other, note="bank menyusul besok", by=BY)
    reopen_exception(exception=other, reason="belum menyusul", by=BY)
    other.refresh_from_db()
    assert (other.state, [step.move for step in other.history.all()]) == ("open", ["open", "resolve", "reopen"])
    must_be_explained(agent)


def test_private_numbers_are_masked_before_the_file_is_kept(market: Cast) -> None:
    agent, _day = begun(market)
    head = "Tanggal;Referensi;Jenis;Nominal;Biaya;No Rekening;Catatan;Telp"
    statement = compared(
        agent,
        [
            "24/11/2026 10.00;202611241234567;TRF 0123456789 BUDI;100000;5000;0123456789;kartu 4111 1111 1111 1111;123456"
        ],
        head,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(t::text, ' ') FROM agent_banking_bankstatement t"
            " UNION ALL SELECT string_agg(t::text, ' ') FROM agent_banking_statementline t"
        )
        kept = " ".join(text or "" for (text,) in cursor.fetchall())
    for secret in ("0123456789", "4111", "123456;", '"123456"'):
        assert secret not in kept.replace("202611241234567", ""), secret
    assert statement.lines.get().reference == "202611241234567"


@pytest.mark.parametrize(
    ("case", "data", "refusal"),
    [
        ("nothing", b"", BadTable),
        ("a head alone", b"Tanggal;Referensi;Nominal\n", BadTable),
        ("no text", b"\x00\x01\x02", BadTable),
        ("too large", b"a;b\n" + b"1;2\n" * 1_500_000, BadTable),
    ],
)
def test_what_is_no_statement(market: Cast, case: str, data: bytes, refusal: type[Exception]) -> None:
    agent, _day = begun(market)
    with pytest.raises(refusal):
        take_in_statement(agent=agent, data=data, name="x.csv", by=BY)
    assert not BankStatement.objects.exists(), case


def test_columns_that_nobody_knows_are_asked_for_and_remembered(market: Cast) -> None:
    agent, _day = begun(market)
    one = record(agent, "setor_tunai", 100_000)
    head = "Hari;Nota;Uang;Lain"
    text = f"{one.at.astimezone(WIB):%Y-%m-%d %H:%M};{one.reference};100000;0123456789"
    with pytest.raises(ColumnsUnknown) as refused:
        taken_in(agent, [text], head)
    assert refused.value.head == head.split(";")
    assert not BankStatement.objects.exists()
    data = f"{head}\n{text}".encode()
    columns = ["day", "reference", "amount", ""]
    kept = take_in_statement(agent=agent, data=data, name="x.csv", columns=columns, by=BY)
    for wrong in (
        ["", "reference", "amount", ""],
        ["day", "", "amount", ""],
        ["day", "reference", "", ""],
        columns[:3],
    ):
        with pytest.raises(BadStatement):
            apply_statement(statement=kept, columns=wrong, by=BY)
    done = apply_statement(statement=kept, columns=kept.columns, by=BY)
    assert (faults(done), kept.table["rows"][0][1][3]) == ([], "****6789")
    assert taken_in(agent, [text, text], head).columns == columns


def test_a_dropped_file_may_come_again(market: Cast) -> None:
    agent, _day = begun(market)
    kept = taken_in(agent, ["24/11/2026;X1X1;Pulsa;5;"])
    assert drop_statement(statement=kept)
    with pytest.raises(StaleDocument):
        apply_statement(statement=kept, columns=kept.columns, by=BY)
    assert taken_in(agent, ["24/11/2026;X1X1;Pulsa;5;"]) != kept


def test_lines_of_the_bank_are_never_rewritten(market: Cast) -> None:
    agent, _day = begun(market)
    statement = compared(agent, ["24/11/2026;X1X1;Pulsa;5;"])
    with pytest.raises(IntegrityError), transaction.atomic():
        statement.lines.update(amount=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        StatementException.objects.get().history.all().delete()
