"""Amounts, packs and PPN as people write them; headings as lists have them."""

from __future__ import annotations

import pytest

from shared_apps.price_lists.cells import pack_in, rupiah_in, tax_in, whole_in
from shared_apps.price_lists.columns import guess, head_of, told
from shared_apps.price_lists.errors import Unreadable


@pytest.mark.parametrize(
    ("text", "rupiah"),
    [
        ("12500", 12_500),
        ("12.500", 12_500),
        ("Rp 12.500,-", 12_500),
        ("Rp12.500,00", 12_500),
        ("IDR 1.250.000", 1_250_000),
        ("12,500", 12_500),
        ("12,500.00", 12_500),
        ("Rp\u00a012.500 / dus", 12_500),
        ("500", 500),
    ],
)
def test_rupiah(text: str, rupiah: int) -> None:
    assert rupiah_in(text) == rupiah


@pytest.mark.parametrize(
    "text", ["", "12,5", "12.50", "1.25.000", "-12.500", "dua belas ribu", "=1+1", "12.500 14.000", "1e5"]
)
def test_what_is_no_rupiah(text: str) -> None:
    with pytest.raises(Unreadable):
        rupiah_in(text)


@pytest.mark.parametrize(
    ("pack", "content", "unit", "found"),
    [
        ("dus", "40 pcs", "", ("dus", 40, "pcs")),
        ("dus", "40", "", ("dus", 40, "pcs")),
        ("dus", "40", "pcs", ("dus", 40, "pcs")),
        ("karung", "50", "kg", ("karung", 50_000, "g")),
        ("karung", "50 kg", "", ("karung", 50_000, "g")),
        ("dus", "40x85g", "", ("dus", 40, "pcs")),
        ("dus", "40 x 85 gr", "pcs", ("dus", 40, "pcs")),
        ("dus", "40x85g", "g", ("dus", 3_400, "g")),
        ("dus", "6x12x100ml", "", ("dus", 72, "pcs")),
        ("dus", "12 x 1,5 L", "liter", ("dus", 18_000, "ml")),
        ("", "1,5 kg", "", ("1,5 kg", 1_500, "g")),
        ("jeriken", "1.5 liter", "", ("jeriken", 1_500, "ml")),
        ("jeriken", "1.250 ml", "", ("jeriken", 1_250, "ml")),
        ("dus 40x85g", "", "", ("dus 40x85g", 40, "pcs")),
        ("dus isi 40", "", "", ("dus isi 40", 40, "pcs")),
        ("karung 50 kg", "", "", ("karung 50 kg", 50_000, "g")),
        ("dus (24 btl)", "", "", ("dus (24 btl)", 24, "pcs")),
        ("dus 20", "", "kg", ("dus 20", 20_000, "g")),
        ("", "", "kg", ("kg", 1_000, "g")),
        ("", "40", "dus", ("dus", 40, "pcs")),
        ("dus 40x85g", "", "dus", ("dus 40x85g", 40, "pcs")),
        ("lusin", "", "", ("lusin", 12, "pcs")),
        ("dus", "", "", ("dus", None, None)),
        ("dus 20", "", "", ("dus 20", None, None)),
    ],
)
def test_packs(pack: str, content: str, unit: str, found: tuple[str, int | None, str | None]) -> None:
    assert pack_in(pack, content, unit) == found


@pytest.mark.parametrize(
    ("pack", "content", "unit"),
    [
        ("", "", ""),
        ("dus", "empat puluh", ""),
        ("dus", "40 lbs", ""),
        ("dus", "0", "pcs"),
        ("dus", "1,5", "pcs"),
        ("dus", "0,0005 kg", ""),
        ("dus", "40 pcs", "kg"),
        ("dus", "40", "lbs"),
        ("dus", "9999999999 pcs", ""),
    ],
)
def test_what_is_no_pack(pack: str, content: str, unit: str) -> None:
    with pytest.raises(Unreadable):
        pack_in(pack, content, unit)


@pytest.mark.parametrize(
    ("text", "tax"),
    [("termasuk", "included"), ("Belum PPN", "added"), ("+PPN", "added"), ("tidak", "none"), ("-", "none")],
)
def test_ppn(text: str, tax: str) -> None:
    assert tax_in(text) == tax


@pytest.mark.parametrize("text", ["ya", "11%", "12", "kena"])
def test_ppn_that_does_not_tell_how_it_stands(text: str) -> None:
    with pytest.raises(Unreadable):
        tax_in(text)


@pytest.mark.parametrize(("text", "number"), [("10", 10), ("1.000", 1_000), ("5 dus", 5), ("10,0", 10)])
def test_whole_numbers(text: str, number: int) -> None:
    assert whole_in(text) == number


@pytest.mark.parametrize("text", ["", "1,5", "-3", "banyak", "1.5"])
def test_what_is_no_whole_number(text: str) -> None:
    with pytest.raises(Unreadable):
        whole_in(text)


@pytest.mark.parametrize(
    ("headings", "keys"),
    [
        ("SKU|Nama Barang|Kemasan|Isi|Satuan|Harga (Rp)", "sku|name|pack|content|unit|price"),
        ("Item Code|Description|Pack Size|UOM|Unit Price|Brand|Barcode", "sku|name|content|pack|price|brand|barcode"),
        ("Kode|Produk|Isi|Harga|MOQ|Stok|Lead time|PPN|Ongkir", "sku|name|content|price|least|most|lead|tax|freight"),
        ("kode|nama|isi|harga|harga 10|Harga mulai 50 dus", "sku|name|content|price|tier|tier"),
        ("kode|nama|isi|harga|mulai 1|harga 1|mulai 2|harga 2", "sku|name|content|price|from1|at1|from2|at2"),
        ("kode|nama|isi|harga|mulai 10", "sku|name|content|price|tier"),
        ("kode|nama|isi|harga|catatan|", "sku|name|content|price||"),
        ("kode|nama|isi|harga|price", "sku|name|content|price|"),
        ("Berlaku mulai|Berlaku sampai", "from|to"),
    ],
)
def test_headings_are_guessed(headings: str, keys: str) -> None:
    assert guess(headings.split("|")).keys == tuple(keys.split("|"))


def test_what_a_supplier_said_before_is_remembered() -> None:
    headings = ["No.", "Brg", "Isi", "Hrg jadi", "Harga"]
    said = guess(headings, {"no": "sku", "brg": "name", "hrg jadi": "price", "harga": ""})
    assert said.keys == ("sku", "name", "content", "price", "")
    assert told(said) == {"no": "sku", "brg": "name", "isi": "content", "hrg jadi": "price", "harga": ""}


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        ("SKU|Nama|Isi", 1),
        ("SKU|Nama|Harga", 1),
        ("SKU|Nama|Isi|Harga", 0),
    ],
)
def test_what_is_needed(headings: str, said: int) -> None:
    assert len(guess(headings.split("|")).faults) == said


def test_titles_stand_above_the_head() -> None:
    rows = [(1, ["PT Sinar Musi"]), (2, ["Daftar harga", "November"]), (4, ["SKU", "Nama", "Isi", "Harga"]), (5, ["A"])]
    assert head_of(rows) == 2
