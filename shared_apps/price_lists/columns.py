"""What the columns of a list mean: guessed from their headings, remembered for each supplier."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shared_apps.supplier_catalog.services.drafts import tidy

Label = str | Promise

# What a column may be, in the order in which people are shown it.
COLUMNS: Mapping[str, Label] = {
    "sku": _("SKU"),
    "name": _("name of the article"),
    "pack": _("pack, such as dus"),
    "content": _("content of a pack, such as 40 pcs or 40x85g"),
    "unit": _("unit of the content, such as kg"),
    "price": _("price of a pack"),
    "brand": _("brand"),
    "barcode": _("barcode of the pack"),
    "tax": _("PPN: included, on top or none"),
    "least": _("fewest packs of an order (MOQ)"),
    "most": _("packs in stock"),
    "lead": _("days until delivery"),
    "freight": _("freight of a pack"),
    "from": _("valid from"),
    "to": _("valid until"),
    "tier": _("price from so many packs on, as the heading says"),
    "from1": _("price tier 1: from so many packs on"),
    "at1": _("price tier 1: price of a pack"),
    "from2": _("price tier 2: from so many packs on"),
    "at2": _("price tier 2: price of a pack"),
    "from3": _("price tier 3: from so many packs on"),
    "at3": _("price tier 3: price of a pack"),
}
NEEDED = ("sku", "name", "price")

_WORDS: Mapping[str, str] = {
    word: key
    for key, words in {
        "sku": (
            "sku|kode|kode barang|kode produk|kode item|no artikel|nomor artikel|item code|code|article|"
            "article no|part number|plu"
        ),
        "name": (
            "nama|nama barang|nama produk|nama item|barang|produk|deskripsi|keterangan barang|name|product|"
            "product name|item|item name|description|article name"
        ),
        "pack": "kemasan|pack|packing|kemas|jenis kemasan|package|uom|pack size name",
        "content": (
            "isi|isi kemasan|isi per kemasan|isi per dus|isi per karton|konversi|ukuran|content|contents|"
            "pack content|pack size|size|qty per pack|qty per carton|quantity per pack"
        ),
        "unit": "satuan|satuan isi|unit|unit of measure|measure",
        "price": (
            "harga|harga (rp)|harga rp|harga satuan|harga per kemasan|harga per dus|harga dus|harga karton|"
            "harga jual|price|unit price|price (idr)|price idr|pack price"
        ),
        "brand": "merek|merk|brand",
        "barcode": "barcode|kode batang|ean|gtin|upc",
        "tax": "ppn|pajak|tax|vat",
        "least": (
            "moq|min|minimum|minimal|min order|minimum order|minimal order|min pembelian|minimal pembelian|"
            "pesanan minimal|minimum qty"
        ),
        "most": "stok|stock|persediaan|sisa stok|available|in stock",
        "lead": (
            "lead time|lead days|lama kirim|hari kirim|waktu kirim|estimasi kirim|estimasi hari|"
            "lead time (hari)|lead time (days)"
        ),
        "freight": "ongkir|ongkos kirim|biaya kirim|freight|ongkir per dus|ongkir per kemasan|shipping",
        "from": (
            "berlaku|berlaku dari|berlaku mulai|mulai berlaku|tanggal berlaku|valid from|from date|effective date"
        ),
        "to": "berlaku sampai|berlaku hingga|sampai|hingga|valid to|valid until|to date|expiry",
    }.items()
    for word in words.split("|")
}
# "mulai 10", "harga 10", "harga mulai 10 dus", "harga >= 10", "price 10+": a price from 10 packs on.
_TIER = re.compile(r"(?P<what>harga|price|hrg|mulai|from|min|grosir|tier)\D*?(?P<packs>[0-9]{1,6})\s*\+?(?:\s*[a-z]+)?")
_PAIR_FROM = re.compile(r"(?:mulai|from|min(?:imal)?|qty|jumlah)\s*(?:tier\s*)?([123])")
_PAIR_AT = re.compile(r"(?:harga|price|hrg)\s*(?:tier\s*)?([123])")


@dataclass(frozen=True)
class Columns:
    """For each place of a row what stands there; "" for what is not read. `headings` are as the file has them."""

    keys: tuple[str, ...]
    headings: tuple[str, ...]

    @property
    def places(self) -> dict[str, int]:
        return {key: place for place, key in enumerate(self.keys) if key and key != "tier"}

    @property
    def tiers(self) -> list[tuple[int, int]]:
        """(from so many packs on, place of the price), for headings that say the number."""
        return [
            (packs, place)
            for place, (key, heading) in enumerate(zip(self.keys, self.headings, strict=True))
            if key == "tier" and (packs := packs_in(heading)) is not None
        ]

    @property
    def faults(self) -> list[Label]:
        """What keeps the list from being read."""
        used = [key for key in self.keys if key and key != "tier"]
        found: list[Label] = [
            _("No column is the %(column)s.") % {"column": COLUMNS[key]} for key in NEEDED if key not in used
        ]
        if not {"pack", "content", "unit"} & set(used):
            found.append(_("No column tells the pack, its content or its unit."))
        twice = [key for key in dict.fromkeys(used) if used.count(key) > 1]
        found += [_("Two columns are the %(column)s. Choose one of them.") % {"column": COLUMNS[key]} for key in twice]
        unsaid = [h for key, h in zip(self.keys, self.headings, strict=True) if key == "tier" and packs_in(h) is None]
        found += [_("The heading %(heading)s tells no number of packs.") % {"heading": heading} for heading in unsaid]
        return found


def packs_in(heading: str) -> int | None:
    """The number of packs that a heading of a price tier tells."""
    numbers = re.findall(r"[0-9]{1,6}", heading)
    return int(numbers[0]) if len(numbers) == 1 and int(numbers[0]) > 0 else None


def word_of(heading: str) -> str:
    """A heading as it is compared and remembered."""
    return tidy(heading).casefold().strip(" .:*")[:80]


def guess(headings: Sequence[str], remembered: Mapping[str, str] | None = None) -> Columns:
    """What this supplier said of such headings before; else what the words say. No meaning but a tier's is given twice."""
    remembered = remembered or {}
    words = [word_of(heading) for heading in headings]
    keys: list[str] = []
    for word in words:
        key = remembered.get(word)
        if key is None:
            key = _guessed(word, words)
        if key not in COLUMNS or (key != "tier" and key in keys):
            key = ""
        keys.append(key)
    return Columns(tuple(keys), tuple(headings))


def told(columns: Columns) -> dict[str, str]:
    """What is remembered of a supplier's columns."""
    return {word_of(h): key for h, key in zip(columns.headings, columns.keys, strict=True) if word_of(h)}


def head_of(rows: Sequence[tuple[int, list[str]]]) -> int:
    """Which of the first rows is the head: that with most headings that we know; titles often stand above."""
    known = [sum(bool(_guessed(word_of(cell), ())) for cell in row) for _number, row in rows[:20]]
    return known.index(max(known)) if known and max(known) > 1 else 0


def _guessed(word: str, words: Iterable[str]) -> str:
    if word in _WORDS:
        return _WORDS[word]
    for pattern, other, key in ((_PAIR_FROM, _PAIR_AT, "from"), (_PAIR_AT, _PAIR_FROM, "at")):
        found = pattern.fullmatch(word)
        # "mulai 2" beside "harga 2" is the second tier; alone it is the price from two packs on.
        if found and any((beside := other.fullmatch(one)) and beside[1] == found[1] for one in words):
            return f"{key}{found[1]}"
    return "tier" if _TIER.fullmatch(word) and packs_in(word) is not None else ""
