"""Reading a list: each row beside the catalogue, in chunks, so that a killed worker loses no more than one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from shared_apps.price_lists.columns import Columns
from shared_apps.price_lists.errors import Unreadable
from shared_apps.price_lists.files import Table, table_of
from shared_apps.price_lists.lines import Reader, difference
from shared_apps.price_lists.models import ListState, PriceList, PriceListRow, RowKind
from shared_apps.price_lists.services.rows import NewRow, insert_rows
from shared_apps.supplier_catalog.models import Offer
from shared_apps.supplier_catalog.services.drafts import ArticleDraft, tidy
from shared_apps.supplier_catalog.services.standing import Standing, standing_of
from shared_apps.supplier_catalog.skus import keys_of
from tenants.kernel import clock
from tenants.kernel.moves import move
from tenants.kernel.tables import Row

CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row with its draft, or with what is wrong in it."""

    number: int
    cells: Sequence[str]
    draft: ArticleDraft | None
    known: Standing | None
    error: str = ""


def read(price_list: PriceList, by: str) -> None:
    """Every row is there with what it would change, then what is offered and not in the list.

    States:  READING -> READY. Called by one worker at a time; goes on after the last chunk that was written.
    Raises:  BadTable for a file that is gone wrong meanwhile.
    """
    table = table_of(price_list)
    reader = Lines(price_list, table)
    PriceList.objects.filter(pk=price_list.pk).update(total=len(table.rows))
    done = price_list.done
    while done < len(table.rows):
        chunk = table.rows[done : done + CHUNK]
        with transaction.atomic():
            rows = PriceList.objects.filter(pk=price_list.pk, state=ListState.READING, done=done)
            if not rows.update(done=done + len(chunk), touched_at=clock.now()):
                return
            insert_rows(price_list, (_compared(row, reader) for row in reader.read(chunk)))
        done += len(chunk)
    with transaction.atomic():
        if not move(price_list, "finish", by=by):
            return
        insert_rows(price_list, _missing(price_list, reader))
        count(price_list)


def count(price_list: PriceList) -> None:
    """How many rows there are of each kind, and how many prices jump."""
    kinds = price_list.rows.order_by().values_list("kind").annotate(number=Count("*"))
    jumps = price_list.rows.filter(jumps=True).count()
    price_list.counts = {**dict(kinds), "jumps": jumps}
    price_list.save(update_fields=["counts"])


class Lines:
    """Rows of one list as drafts. A SKU that stands in several rows is wrong in each of them, in whatever order they come."""

    def __init__(self, price_list: PriceList, table: Table | None = None) -> None:
        self.today = clock.today()
        self._organisation = price_list.organisation
        self._columns = Columns(tuple(price_list.columns), tuple(price_list.headings))
        self._reader = Reader(self._columns, price_list.place, self.today)
        self.keys: set[str] = set()
        self._twice: set[str] = set()
        if table is not None:
            found = Counter(keys_of([sku for _number, cells in table.rows if (sku := self._reader.text(cells, "sku"))]))
            self.keys = set(found)
            self._twice = {key for key, times in found.items() if times > 1}

    def text(self, cells: Sequence[str], key: str) -> str:
        return self._reader.text(cells, key)

    def read(self, rows: Sequence[Row]) -> list[ReadRow]:
        """Seven queries for any number of rows."""
        skus = [self._reader.text(cells, "sku") for _number, cells in rows]
        keys = keys_of(skus)
        known = standing_of(self._organisation, [key for key in keys if key])
        return [self._row(number, cells, key, known) for (number, cells), key in zip(rows, keys, strict=True)]

    def _row(self, number: int, cells: Sequence[str], key: str, standing: dict[str, Standing]) -> ReadRow:
        # A blank number is nobody's: it meets no article.
        known = standing.get(key) if key else None
        if key in self._twice:
            error = _("The SKU %(sku)s stands in several rows. Keep one of them.") % {
                "sku": tidy(self.text(cells, "sku"))
            }
            return ReadRow(number, cells, None, known, error)
        try:
            return ReadRow(number, cells, self._reader.draft(cells, known), known)
        except Unreadable as wrong:
            return ReadRow(number, cells, None, known, str(wrong))


def _compared(row: ReadRow, lines: Lines) -> NewRow:
    sku, name = lines.text(row.cells, "sku"), lines.text(row.cells, "name")
    if row.draft is None:
        return NewRow(row.number, sku, name, RowKind.BAD, row.cells, error=row.error)
    found = difference(row.draft, row.known, lines.today)
    kind = RowKind.NEW if found.is_new else RowKind.SAME if found.is_same else RowKind.CHANGED
    return NewRow(
        row.number,
        sku,
        name,
        kind,
        row.cells,
        found.changes,
        row.draft.offers[0].tiers[0][1],
        found.percent,
        found.jumps,
    )


def _missing(price_list: PriceList, lines: Lines) -> list[NewRow]:
    """Articles that are offered at the list's place and stand in none of its rows, not even in a bad one."""
    offers = Offer.objects.filter(
        organisation=price_list.organisation, area=price_list.area_id, region=price_list.region_id, ended_at=None
    ).filter(Q(valid_to=None) | Q(valid_to__gte=lines.today))
    found: dict[int, tuple[str, str, list[int]]] = {}
    rows = offers.order_by("article__sku", "pk").values_list("pk", "article_id", "article__sku", "version__name")
    for pk, article, sku, name in rows:
        found.setdefault(article, (sku, name, []))[2].append(pk)
    keys = keys_of([sku for sku, _name, _offers in found.values()])
    return [
        NewRow(None, sku, name, RowKind.MISSING, offers=ids)
        for key, (sku, name, ids) in zip(keys, found.values(), strict=True)
        if key not in lines.keys
    ]


def rows_to_read(rows: Sequence[PriceListRow]) -> list[Row]:
    """Kept rows as the file had them."""
    return [(row.number or 0, row.cells) for row in rows]
