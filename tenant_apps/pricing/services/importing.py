"""A table of prices as a CSV file: read, looked at, taken over as one document, taken back as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.catalog.models import Product
from tenant_apps.catalog.selectors import traded_products
from tenant_apps.pricing.arithmetic import in_base_units
from tenant_apps.pricing.errors import BadPrice
from tenant_apps.pricing.models import ImportState, MarketObservation, ObservationImport, Source
from tenant_apps.pricing.services.observing import MOST, market_by_name
from tenants.context import current_region
from tenants.forms import AmountField, RupiahField
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.tables import BadTable, csv_rows, day_of, text_of
from tenants.kernel.units import BaseUnit

MOST_BYTES = 2 * 1024 * 1024
MOST_LINES = 5_000

# What columns are called: ours first, then what official tables say.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "product": ("produk", "komoditas", "barang", "nama", "sku", "nama produk", "nama barang", "product", "commodity"),
    "market": ("pasar", "nama pasar", "lokasi", "market"),
    "day": ("tanggal", "tgl", "hari", "date"),
    "quantity": ("jumlah", "banyak", "per", "quantity"),
    "unit": ("satuan", "unit"),
    "price": ("harga", "harga (rp)", "harga rp", "price"),
}
NEEDED = ("product", "unit", "price")

_UNITS: Mapping[str, tuple[str, int]] = {
    **dict.fromkeys(("kg", "kilo", "kilogram"), (BaseUnit.GRAM.value, 1_000)),
    **dict.fromkeys(("g", "gr", "gram"), (BaseUnit.GRAM.value, 1)),
    **dict.fromkeys(("l", "lt", "ltr", "liter", "litre"), (BaseUnit.MILLILITRE.value, 1_000)),
    **dict.fromkeys(("ml", "mililiter"), (BaseUnit.MILLILITRE.value, 1)),
    **dict.fromkeys(("pcs", "pc", "buah", "butir", "biji", "bungkus"), (BaseUnit.PIECE.value, 1)),
}


@dataclass(frozen=True)
class TableLine:
    """One line of a table. Where `error` is empty and it is no `duplicate`, it can be taken over."""

    number: int
    cells: Mapping[str, str]
    product: Product | None = None
    market: str = ""
    observed_on: date | None = None
    told_quantity: int = 0
    told_unit: str = ""
    per_quantity: int = 0
    price: int = 0
    error: str = ""
    duplicate: bool = False

    @property
    def is_good(self) -> bool:
        return not self.error and not self.duplicate

    @property
    def same(self) -> tuple[int, str, date | None, int, int]:
        """Two lines that agree in this say the same."""
        return (self.product.pk if self.product else 0, self.market, self.observed_on, self.per_quantity, self.price)


@dataclass(frozen=True)
class ReadTable:
    """Every line of a table, and what can be done with it."""

    lines: list[TableLine] = field(default_factory=list)

    @property
    def good(self) -> list[TableLine]:
        return [line for line in self.lines if line.is_good]

    @property
    def wrong(self) -> list[TableLine]:
        return [line for line in self.lines if line.error]

    @property
    def known(self) -> list[TableLine]:
        return [line for line in self.lines if line.duplicate]


def upload_table(*, data: bytes, name: str, market: str, observed_on: date | None, by: str) -> ObservationImport:
    """The table waits to be looked at; nothing counts as evidence before it is taken over.

    Raises:  BadTable for a file that is no table of prices, or too long a one.
    """
    if len(data) > MOST_BYTES:
        raise BadTable(_("Choose a file of at most 2 MB."))
    text = text_of(data)
    _lines(text)
    return ObservationImport.objects.create(
        file_name=name.replace("\x00", "")[:160] or "csv",
        text=text,
        market=" ".join(market.split())[:120],
        observed_on=observed_on,
        by=by,
    )


def read_table(table: ObservationImport) -> ReadTable:
    """The table's lines as the catalogue understands them now, each with its error. Four queries for any number of lines."""
    products = _Products(traded_products().prefetch_related("packs"))
    today = clock.today(current_region().time_zone)
    lines = [_line(number, cells, table, products, today) for number, cells in _lines(table.text)]
    known = _known(lines)
    marked = []
    for line in lines:
        twice = not line.error and line.same in known
        known.add(line.same)
        marked.append(TableLine(**{**line.__dict__, "duplicate": twice}))
    return ReadTable(marked)


def take_over(*, table: ObservationImport, observer: str, by: str) -> ObservationImport:
    """The good lines count as market prices from an official table; the others are left out.

    States:  DRAFT -> APPLIED. Taking over twice changes nothing.
    Raises:  BadTable without a good line; StaleDocument if it was dropped or taken back.
    """
    with transaction.atomic():
        found = ObservationImport.objects.select_for_update().get(pk=table.pk)
        if found.state == ImportState.APPLIED:
            return found
        _must_be(found, ImportState.DRAFT)
        read = read_table(found)
        if not read.good:
            raise BadTable(_("No line of this table can be taken over."))
        places = {name: market_by_name(name) for name in {line.market for line in read.good}}
        MarketObservation.objects.bulk_create(
            [
                MarketObservation(
                    product=line.product,
                    market=line.market,
                    place=places[line.market],
                    observed_on=line.observed_on,
                    per_quantity=line.per_quantity,
                    price=line.price,
                    observer=observer,
                    source=Source.OFFICIAL,
                    imported=found,
                    told_quantity=line.told_quantity if line.told_unit else None,
                    told_unit=line.told_unit,
                )
                for line in read.good
                if line.observed_on is not None
            ],
            batch_size=500,
        )
        found.state, found.moved_at = ImportState.APPLIED, clock.now()
        found.taken_over, found.left_out = len(read.good), len(read.lines) - len(read.good)
        found.save(update_fields=["state", "moved_at", "taken_over", "left_out"])
    return found


def drop_table(*, table: ObservationImport) -> bool:
    """Nothing of the table is taken over. False if it was not waiting."""
    rows = ObservationImport.objects.filter(pk=table.pk, state=ImportState.DRAFT)
    return bool(rows.update(state=ImportState.DROPPED, moved_at=clock.now()))


def take_back(*, table: ObservationImport, reason: str, by: str) -> ObservationImport:
    """None of the table's prices is evidence any more; they stay, withdrawn for this reason.

    States:  APPLIED -> TAKEN_BACK. Taking back twice changes nothing.
    Raises:  BadPrice without a reason; StaleDocument if it was never taken over.
    """
    reason = reason.strip()[:240]
    if not reason:
        raise BadPrice(_("Write down why the table is taken back."))
    with transaction.atomic():
        found = ObservationImport.objects.select_for_update().get(pk=table.pk)
        if found.state == ImportState.TAKEN_BACK:
            return found
        _must_be(found, ImportState.APPLIED)
        moment = clock.now()
        found.observations.filter(withdrawn_at=None).update(
            withdrawn_at=moment, withdrawn_by=by, withdrawn_reason=reason
        )
        found.state, found.moved_at, found.reason = ImportState.TAKEN_BACK, moment, reason
        found.save(update_fields=["state", "moved_at", "reason"])
    return found


def _must_be(table: ObservationImport, state: ImportState) -> None:
    if table.state != state:
        raise StaleDocument(
            _("This has changed in the meantime, so that step is no longer possible. Look at it again."),
            state=table.state,
        )


def _lines(text: str) -> list[tuple[int, Mapping[str, str]]]:
    """Line numbers and cells by our names for the columns.

    Raises:  BadTable.
    """
    rows = csv_rows(text, most=MOST_LINES)
    names = [cell.casefold() for cell in rows[0][1]] if rows else []
    places = {
        column: next((names.index(word) for word in words if word in names), None) for column, words in COLUMNS.items()
    }
    missing = [COLUMNS[column][0] for column in NEEDED if places[column] is None]
    if missing:
        raise BadTable(_("The first line names no column %(columns)s.") % {"columns": ", ".join(missing)})
    if not rows[1:]:
        raise BadTable(_("The table has no lines."))
    return [
        (
            number,
            {column: row[place] if place is not None and place < len(row) else "" for column, place in places.items()},
        )
        for number, row in rows[1:]
    ]


class _Products:
    """Traded products by article number, name and other names."""

    def __init__(self, products: Iterable[Product]) -> None:
        self._by_word: dict[str, Product] = {}
        for product in products:
            for word in (product.sku, product.name, *product.synonyms.split(",")):
                if word.strip():
                    self._by_word.setdefault(word.strip().casefold(), product)

    def named(self, text: str) -> Product | None:
        return self._by_word.get(" ".join(text.split()).casefold())


def _line(
    number: int, cells: Mapping[str, str], table: ObservationImport, products: _Products, today: date
) -> TableLine:
    product = products.named(cells["product"])
    if product is None:
        return TableLine(
            number,
            cells,
            error=_("The catalogue knows no such product. Write its name or number as the catalogue has it."),
        )
    market = " ".join((cells["market"] or table.market).split())[:120]
    if not market:
        return TableLine(
            number,
            cells,
            product,
            error=_("It says no market. Fill in the column, or the field when you upload the table."),
        )
    day = day_of(cells["day"]) if cells["day"] else table.observed_on
    if day is None:
        return TableLine(
            number,
            cells,
            product,
            market,
            error=_("It says no day, or one that cannot be read. Write it like 24/11/2026."),
        )
    if day > today:
        return TableLine(number, cells, product, market, day, error=_("That day has not come yet."))
    try:
        price = RupiahField().clean(cells["price"])
        amount = AmountField().clean(cells["quantity"] or "1")
    except ValidationError as wrong:
        return TableLine(number, cells, product, market, day, error=" ".join(wrong.messages))
    counted = _counted(product, amount, cells["unit"])
    if counted is None:
        return TableLine(
            number,
            cells,
            product,
            market,
            day,
            price=price,
            error=_("The unit is not known. Write kg, g, liter, ml, pcs or a pack of the product."),
        )
    told, unit = counted
    per = in_base_units(told, unit, base_unit=product.base_unit, density_g_per_l=product.density_g_per_l)
    if per is None or not 0 < per <= MOST:
        error = _("%(product)s is counted in %(unit)s, and this is another unit.") % {
            "product": product.name,
            "unit": product.get_base_unit_display(),
        }
        return TableLine(number, cells, product, market, day, price=price, error=error)
    other = unit if unit != product.base_unit else ""
    return TableLine(number, cells, product, market, day, told, other, per, price)


def _counted(product: Product, amount: Decimal, word: str) -> tuple[int, str] | None:
    """How much of which unit; a pack of the product is a unit too. None for what is no whole number of it."""
    word = " ".join(word.split()).casefold().rstrip(".")
    unit, size = _UNITS.get(word, ("", 0))
    if not unit:
        packs = (pack for pack in product.packs.all() if pack.label.casefold() == word)
        pack = next(packs, None)
        if pack is None:
            return None
        unit, size = product.base_unit, pack.base_quantity
    whole = amount * size
    return (int(whole), unit) if whole == whole.to_integral_value() and 0 < whole <= MOST else None


def _known(lines: Iterable[TableLine]) -> set[tuple[int, str, date | None, int, int]]:
    """What was written down before, of the products and days of these lines."""
    told = [line for line in lines if not line.error]
    rows = MarketObservation.objects.filter(
        product__in={line.product.pk for line in told if line.product},
        observed_on__in={line.observed_on for line in told},
        withdrawn_at=None,
        is_estimate=False,
    )
    return set(rows.values_list("product_id", "market", "observed_on", "per_quantity", "price"))
