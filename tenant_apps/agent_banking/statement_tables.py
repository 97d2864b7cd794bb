"""The bank's table: read, freed of private numbers, its columns understood."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shared_apps.price_lists.cells import rupiah_in
from shared_apps.price_lists.errors import Unreadable
from tenant_apps.agent_banking.errors import BadStatement, ColumnsUnknown
from tenant_apps.agent_banking.private_numbers import digits_of, looks_like_card, masked, without_private
from tenants.kernel.tables import BadTable, as_meant, csv_rows, day_of, text_of, xlsx_rows

MOST_BYTES = 5 * 1024 * 1024
MOST_LINES = 20_000
MOST_COLUMNS = 40
MOST_CELL = 200
MOST_AMOUNT = 10**12

# What a column may be, in the order in which people are shown it.
COLUMNS: Mapping[str, str | Promise] = {
    "day": gettext_lazy("day, or day and time"),
    "clock": gettext_lazy("time of day"),
    "reference": gettext_lazy("the bank's reference"),
    "kind": gettext_lazy("kind of transaction"),
    "amount": gettext_lazy("amount"),
    "debit": gettext_lazy("debit: left the float"),
    "credit": gettext_lazy("credit: came to the float"),
    "fee": gettext_lazy("customer fee"),
}
_WORDS: Mapping[str, str] = {
    word: key
    for key, words in {
        "day": (
            "tanggal|tgl|tanggal transaksi|tgl transaksi|tgl trx|tanggal waktu|tanggal/jam|waktu|waktu transaksi|date|"
            "date time|datetime|time stamp|timestamp|transaction date|posting date|tanggal posting"
        ),
        "clock": "jam|pukul|jam transaksi|time|hour",
        "reference": (
            "referensi|ref|no ref|noref|no referensi|nomor referensi|reference|reference no|reference number|ref no|"
            "id transaksi|trx id|transaction id|no transaksi|nomor transaksi|no jurnal|nomor jurnal|jurnal|rrn|stan|trace"
        ),
        "kind": (
            "jenis|jenis transaksi|transaksi|tipe|keterangan|deskripsi|uraian|produk|layanan|description|type|"
            "transaction type|remark"
        ),
        "amount": "nominal|jumlah|nilai|amount|nominal transaksi|jumlah transaksi|nominal (rp)|jumlah (rp)",
        "debit": "debit|debet|db|keluar|mutasi debet|mutasi debit",
        "credit": "kredit|credit|cr|masuk|mutasi kredit",
        "fee": "biaya|admin|biaya admin|biaya administrasi|biaya layanan|fee|admin fee|biaya (rp)",
    }.items()
    for word in words.split("|")
}
_CLOCK = re.compile(
    r"([0-2]?[0-9])[.:]([0-5][0-9])(?:[.:][0-5][0-9](?:[.,][0-9]+)?)?(?: ?(?:wib|wita|wit))?", re.IGNORECASE
)
_DAY_AND_CLOCK = re.compile(r"([0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4})(?:[ T,]+(.+))?")


@dataclass(frozen=True)
class Table:
    """The head and the rows below it, with their numbers in the file; nothing private in it."""

    head: list[str]
    rows: list[tuple[int, list[str]]]


@dataclass(frozen=True)
class BankLine:
    """A line as the bank means it. `direction`: 1 where the float grew, -1 where it shrank, 0 where it does not tell."""

    number: int
    at: datetime | None
    has_time: bool
    reference: str
    kind_text: str
    amount: int
    direction: int
    fee: int | None


def table_in(
    data: bytes, *, columns: Sequence[str] | None = None, remembered: Mapping[str, str] | None = None
) -> tuple[Table, list[str]]:
    """The table of a CSV or XLSX file and what its columns are; every card and account number in it is masked.

    Which columns hold days, amounts and references must be known here: in all others each long number is masked, and what
    is masked cannot be read again.
    Raises:  BadTable; ColumnsUnknown unless headings, memory or `columns` tell day, reference and amount.
    """
    if len(data) > MOST_BYTES:
        raise BadTable(_("Choose a file of at most 5 MB."))
    rows = xlsx_rows(data, most=MOST_LINES) if data.startswith(b"PK") else csv_rows(text_of(data), most=MOST_LINES)
    if len(rows) < 2:
        raise BadTable(_("The table has no lines."))
    place = _head_of(rows, remembered)
    head = [as_meant(cell)[:80] for cell in rows[place][1]]
    if len(head) > MOST_COLUMNS:
        raise BadTable(_("Choose a table of at most %(count)s columns.") % {"count": MOST_COLUMNS})
    keys = list(columns) if columns and len(columns) == len(head) else guess(head, remembered)
    told = [without_private(cell) for cell in head]
    if not _are_enough(keys):
        raise ColumnsUnknown(_("Say which columns are the day, the bank's reference and the amount."), head=told)
    below = [
        (number, [_clean(key, as_meant(cell)[:MOST_CELL]) for key, cell in zip(keys, cells, strict=False)])
        for number, cells in rows[place + 1 :]
    ]
    return Table(told, below), keys


def guess(head: Sequence[str], remembered: Mapping[str, str] | None = None) -> list[str]:
    """What each column is by its heading, "" for what is not read; no meaning is given twice."""
    found: list[str] = []
    for heading in head:
        word = word_of(heading)
        key = (remembered or {}).get(word, _WORDS.get(word, ""))
        found.append(key if key in COLUMNS and key not in found else "")
    return found


def word_of(heading: str) -> str:
    return " ".join(heading.replace(".", " ").replace("_", " ").split()).casefold().strip(" :*")


def lines_in(table: Table, columns: Sequence[str], zone: str) -> list[BankLine]:
    """Every line with an amount, as these columns mean it; titles, totals and empty lines are none.

    Raises:  ColumnsUnknown when the columns do not tell enough; BadStatement when nothing can be read by them.
    """
    place = {key: number for number, key in enumerate(columns) if key}
    if not _are_enough(columns):
        raise ColumnsUnknown(_("Say which columns are the day, the bank's reference and the amount."), head=table.head)
    found = []
    for number, cells in table.rows:
        told = {key: cells[at] if at < len(cells) else "" for key, at in place.items()}
        line = _line(number, told, zone)
        if line is not None:
            found.append(line)
    if not found:
        raise BadStatement(_("No line has an amount and a day or a reference that can be read. Look at the columns."))
    return found


def _line(number: int, told: Mapping[str, str], zone: str) -> BankLine | None:
    amount, direction = _amount(told)
    reference = re.sub(r"[^A-Z0-9/.\-]", "", told["reference"].upper())[:40]
    at, has_time = _moment(told.get("day", ""), told.get("clock", ""), zone)
    if not amount or (at is None and not reference):
        return None
    return BankLine(
        number=number,
        at=at,
        has_time=has_time,
        reference=reference,
        kind_text=told.get("kind", "")[:80],
        amount=amount,
        direction=direction,
        fee=_rupiah(told.get("fee", "")),
    )


def _amount(told: Mapping[str, str]) -> tuple[int, int]:
    for key, direction in (("debit", -1), ("credit", 1)):
        if amount := _rupiah(told.get(key, "")):
            return abs(amount), direction
    text = told.get("amount", "").strip()
    side = 0
    if found := re.search(r"(?i)\s*(db|dr|d|cr|cr\.|k)$", text):
        side, text = (-1 if found[1].upper().startswith("D") else 1), text[: found.start()]
    amount = _rupiah(text) or 0
    if amount < 0:
        return -amount, -1
    return amount, 1 if text.startswith("+") else side


def _rupiah(text: str) -> int | None:
    """None for what is no amount; a bank writes -12.500 and (12.500) too."""
    text = text.strip().lstrip("+")
    sign = -1 if text.startswith(("-", "(")) else 1
    try:
        amount = rupiah_in(text.strip("-() "))
    except Unreadable:
        return None
    return sign * amount if amount < MOST_AMOUNT else None


def _moment(day: str, clock: str, zone: str) -> tuple[datetime | None, bool]:
    found = _DAY_AND_CLOCK.fullmatch(day.strip())
    if found is None:
        return None, False
    date_ = day_of(found[1])
    if date_ is None:
        return None, False
    hour = _CLOCK.fullmatch((found[2] or clock).strip())
    told = time(int(hour[1]), int(hour[2])) if hour and int(hour[1]) < 24 else None
    return datetime.combine(date_, told or time(12), tzinfo=ZoneInfo(zone)), told is not None


def _clean(key: str, cell: str) -> str:
    if key in ("day", "clock", "amount", "debit", "credit", "fee"):
        return cell
    if key == "reference":
        digits = re.sub(r"[^0-9]", "", cell)
        return masked(digits) if looks_like_card(digits) else cell
    digits = digits_of(cell)
    return masked(digits) if len(digits) >= 6 and not key else without_private(cell)


def _are_enough(columns: Sequence[str]) -> bool:
    """Day, reference, and an amount or debit and credit."""
    told = {key for key in columns if key}
    return {"day", "reference"} <= told and bool(told & {"amount", "debit", "credit"})


def _head_of(rows: Sequence[tuple[int, list[str]]], remembered: Mapping[str, str] | None) -> int:
    """Which of the first rows is the head: that with most headings that we know; titles often stand above."""
    words = {**_WORDS, **(remembered or {})}
    known = [sum(bool(words.get(word_of(cell))) for cell in cells) for _number, cells in rows[:20]]
    return known.index(max(known)) if max(known) > 1 else 0
