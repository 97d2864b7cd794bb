"""What a list would change, row by row."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared_apps.price_lists.errors import BadList
from shared_apps.price_lists.models import ListState, PriceList, PriceListRow, RowKind
from shared_apps.price_lists.services import reading, rows
from shared_apps.price_lists.services.uploading import begin_reading, drop, name_columns_anew, take_in
from shared_apps.supplier_catalog.models import Offer
from shared_apps.supplier_catalog.services.drafts import ArticleDraft, OfferDraft, PackDraft
from shared_apps.supplier_catalog.services.publishing import publish
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.tables import BadTable
from tenants.models import Region
from tests.cast import BY
from tests.shared_apps.price_lists.lists import (
    AS_IT_IS,
    EGGS,
    HEAD,
    PALEMBANG,
    csv,
    everything_of,
    hand_in,
    in_force,
    read,
    worked,
)
from tests.shared_apps.supplier_catalog.wholesaler import Wholesaler, cover, rinjani_pangan, sinar_musi
from tests.tenants.test_tables import workbook

SAMPLE = Path(__file__).parents[3] / "docs" / "samples" / "daftar-harga.csv"


@pytest.fixture
def musi(platform: None) -> Wholesaler:
    return sinar_musi()


def kinds(price_list: PriceList) -> dict[str, str]:
    return dict(price_list.rows.values_list("sku", "kind"))


def only_row(price_list: PriceList) -> PriceListRow:
    return price_list.rows.get(number=2)


def test_each_row_says_what_it_would_do_and_nothing_is_done(musi: Wholesaler) -> None:
    before = everything_of(musi.organisation)
    made = hand_in(
        musi.organisation,
        AS_IT_IS[0],
        "GL-20;Gula kristal 1 kg;dus 20;20 kg;310.000",
        "MG-12;Minyak goreng;dus;12 x 1 liter;200.000",
        "XX-1;;dus;12;5.000",
    )
    assert made.state == ListState.READY
    assert kinds(made) == {"BR-50": "same", "GL-20": "changed", "MG-12": "new", "XX-1": "bad", "TL-180": "missing"}
    assert made.counts == {"same": 1, "changed": 1, "new": 1, "bad": 1, "missing": 1, "jumps": 0}
    changed = made.rows.get(sku="GL-20")
    assert changed.changes == [
        ["name", "Gula pasir 1 kg", "Gula kristal 1 kg"],
        ["price", "Rp\u00a0300.000", "Rp\u00a0310.000"],
    ]
    assert (changed.number, changed.percent, changed.jumps, changed.price) == (3, 3, False, 310_000)
    assert made.rows.get(sku="XX-1").error == "Isi nama barang."
    assert set(made.rows.filter(chosen=True).values_list("sku", flat=True)) == {"GL-20", "MG-12"}
    assert everything_of(musi.organisation) == before


@pytest.mark.parametrize(
    ("price", "percent", "jumps"),
    [
        ("390.000", 30, False),
        ("390.001", 30, True),
        ("210.000", -30, False),
        ("209.999", -30, True),
        ("30.000", -90, True),
    ],
)
def test_a_price_that_jumps_is_pointed_out(musi: Wholesaler, price: str, percent: int, jumps: bool) -> None:
    row = only_row(hand_in(musi.organisation, f"GL-20;Gula pasir 1 kg;dus 20;20 kg;{price}"))
    assert (row.percent, row.jumps) == (percent, jumps)


def test_another_pack_at_the_price_of_a_unit_does_not_jump(musi: Wholesaler) -> None:
    row = only_row(hand_in(musi.organisation, "GL-20;Gula pasir 1 kg;dus 10;10 kg;150.000"))
    assert row.kind == "changed"
    assert (row.percent, row.jumps) == (None, False)


@pytest.mark.parametrize("sku", ["", " ", "\u00a0", "\u200b"])
def test_a_blank_sku_never_matches_anything(musi: Wholesaler, sku: str) -> None:
    made = hand_in(musi.organisation, f"{sku};Gula pasir 1 kg;dus 20;20 kg;1.000", f"{sku};Lain;dus;1;1.000")
    blank = list(made.rows.exclude(number=None))
    assert [row.kind for row in blank] == ["bad", "bad"]
    assert {row.error for row in blank} == {"Isi SKU. Tanpa SKU, barang tidak dapat dibedakan dari yang lain."}
    assert made.counts["missing"] == 3


def test_a_sku_that_stands_twice_is_wrong_in_both_rows(musi: Wholesaler) -> None:
    made = hand_in(musi.organisation, AS_IT_IS[1], EGGS, "gl-20 ;Gula;dus 20;20 kg;1.000")
    assert list(made.rows.order_by("number").values_list("number", "kind")) == [
        (2, "bad"),
        (3, "same"),
        (4, "bad"),
        (None, "missing"),
    ]


def test_what_the_list_lacks_stays_as_it_is_and_an_empty_cell_of_terms_means_none(musi: Wholesaler) -> None:
    rice = ArticleDraft(
        "BR-5",
        "Beras 5 kg",
        (PackDraft("karung", 5_000, "8998866200578"), PackDraft("ikat", 25_000)),
        "g",
        "Raja",
        "added",
        offers=(
            OfferDraft("ikat", ((1, 300_000), (10, 290_000)), "16.71", least=2, most=90, lead_days=3, freight=500),
        ),
    )
    publish(organisation=musi.organisation, drafts=[rice], by=BY)
    row = hand_in(musi.organisation, "BR-5;Beras 5 kg;ikat;25 kg;300.000;290.000", head=f"{HEAD};harga 10")
    assert only_row(row).kind == "same"
    row = hand_in(musi.organisation, "BR-5;Beras 5 kg;ikat;25 kg;300.000;", head=f"{HEAD};harga 10")
    assert only_row(row).changes == [["tiers", "10+: Rp\u00a0290.000", "–"]]
    row = hand_in(musi.organisation, "br-5;Beras 5 kg;ikat;;300.000;", head=f"{HEAD};Stok")
    changes = {what: (old, new) for what, old, new in only_row(row).changes}
    assert changes == {"most": ("90", "–")}
    row = hand_in(musi.organisation, "br-5;Beras 5 kg;ikat;;310.000", head=HEAD)
    assert [what for what, _old, _new in only_row(row).changes] == ["price", "tiers"]
    row = hand_in(musi.organisation, "BR-5;Beras 5 kg;KARUNG;5 kg;61.000;12345678", head=f"{HEAD};barcode")
    changes = {what: (old, new) for what, old, new in only_row(row).changes}
    assert changes["barcode"] == ("8998866200578", "12345678")
    assert changes["pack"] == ("ikat 25\u00a0kg", "karung 5\u00a0kg")
    assert "packs" not in changes


def test_units_that_change_make_another_ladder(musi: Wholesaler) -> None:
    row = only_row(hand_in(musi.organisation, "GL-20;Gula pasir 1 kg;dus;20 pcs;300.000"))
    assert ["packs", "dus 20 20\u00a0kg", "dus 20\u00a0pcs"] in row.changes


def test_terms_are_read(musi: Wholesaler) -> None:
    day = clock.today() + timedelta(days=3)
    head = f"{HEAD};Merek;PPN;MOQ;Stok;Lead days;Ongkir;mulai 1;harga 1;mulai 2;harga 2;Berlaku mulai;Berlaku sampai"
    cells = f"MG-1;Mi goreng;dus;40x85g;Rp 105.000,-;Indomie;termasuk;5 dus;1.000;2;1.500;10;104.000;100;99.000;{day:%d/%m/%Y};"
    made = hand_in(musi.organisation, cells, head=head)
    row = only_row(made)
    assert (row.kind, row.error) == ("new", "")
    (read_row,) = reading.Lines(made).read(reading.rows_to_read([row]))
    assert read_row.draft == ArticleDraft(
        "MG-1",
        "Mi goreng",
        (PackDraft("dus", 40),),
        "pcs",
        "Indomie",
        "included",
        offers=(
            OfferDraft(
                "dus",
                ((1, 105_000), (10, 104_000), (100, 99_000)),
                "16.71",
                least=5,
                most=1_000,
                lead_days=2,
                freight=1_500,
                valid_from=day,
            ),
        ),
    )


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("A;N;dus;40;12,5", "bukan jumlah rupiah"),
        ("A;N;dus;;5.000", "isi kemasan"),
        ("A;N;dus;40;", "harga satu kemasan"),
        ("A;N;dus;40;0", "harga di atas nol"),
        (f"{'A' * 61};N;dus;40;5.000", "60 huruf"),
        (f"A;{'N' * 161};dus;40;5.000", "160 huruf"),
        ("A;N;dus;40 lbs;5.000", "isi kemasan"),
    ],
)
def test_a_bad_row_says_what_to_mend(musi: Wholesaler, cells: str, said: str) -> None:
    row = only_row(hand_in(musi.organisation, cells))
    assert row.kind == "bad"
    assert said in row.error


def test_stock_of_nothing_is_said(musi: Wholesaler) -> None:
    row = only_row(hand_in(musi.organisation, "A;N;dus;40;5.000;0", head=f"{HEAD};Stok"))
    assert "Stoknya 0" in row.error


def test_a_workbook_says_the_same_as_a_text(musi: Wholesaler) -> None:
    data = workbook(
        ["Sinar Musi"],
        ["SKU", "Nama barang", "Kemasan", "Isi", "Harga"],
        ["GL-20", "Gula pasir 1 kg", "dus 20", "20 kg", 300_000],
    )
    made = read(take_in(organisation=musi.organisation, data=data, name="harga.xlsx", place=PALEMBANG, by=BY))
    assert made.rows.get(number=3).kind == "same"


def test_the_sample_of_the_documents_is_read(musi: Wholesaler) -> None:
    made = take_in(organisation=musi.organisation, data=SAMPLE.read_bytes(), name="x.csv", place=PALEMBANG, by=BY)
    made = read(made)
    assert kinds(made) == {"BR-50": "changed", "TL-180": "changed", "GL-20": "missing"} | dict.fromkeys(
        ("MI-40", "MG-12", "GL-1"), "new"
    )
    assert made.rows.get(sku="BR-50").number == 3


def test_the_file_is_kept_as_it_came(musi: Wholesaler) -> None:
    data = "\ufeffsku;nama;isi;harga\r\nX;Kopi é;1;5\r\n".encode("utf-16")
    made = take_in(organisation=musi.organisation, data=data, name="../../a.csv", place=PALEMBANG, by=BY)
    with made.file.open() as kept:
        assert kept.read() == data
    assert "a.csv" not in str(made.file.name)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00\x01", b"PK\x03\x04xx", b"\xd0\xcf\x11\xe0" + bytes(600), csv(), b"x" * (20 * 1024 * 1024 + 1),
     csv(*["A;N;dus;1;5"] * 60_001), csv("1", head=";".join(map(str, range(81))))],
    ids=["empty", "binary", "broken", "old", "head alone", "large", "long", "wide"],
)  # fmt: skip
def test_what_is_no_list_is_refused(musi: Wholesaler, data: bytes) -> None:
    with pytest.raises(BadTable):
        take_in(organisation=musi.organisation, data=data, name="x", place=PALEMBANG, by=BY)
    assert not PriceList.objects.exists()


def test_a_list_is_for_a_place_where_the_supplier_delivers(musi: Wholesaler, kalidoni: Region, lombok: Region) -> None:
    cover(kalidoni, "16.71.10")
    cover(lombok, "52.71.02")
    for place in (("52.71", None), ("16.71.10", None), (None, lombok.pk), (None, None), ("16.71", kalidoni.pk)):
        with pytest.raises(BadList):
            hand_in(musi.organisation, EGGS, place=place)
    made = hand_in(musi.organisation, EGGS, place=(None, kalidoni.pk))
    # There it is offered to nobody yet, and what is offered elsewhere is not missing.
    assert kinds(made) == {"TL-180": "new"}


def test_what_is_offered_elsewhere_is_not_missing(musi: Wholesaler) -> None:
    Offer.objects.filter(article__sku="GL-20").update(ended_at=clock.now())
    assert kinds(hand_in(musi.organisation, EGGS)) == {"TL-180": "same", "BR-50": "missing"}


def test_columns_may_be_named_anew_and_are_remembered(musi: Wholesaler) -> None:
    head = "No;Barang;Isi;Jadi;Coret"
    made = take_in(organisation=musi.organisation, data=csv("A;N;1;5;9", head=head), name="x", place=PALEMBANG, by=BY)
    assert made.columns == ["", "name", "content", "", ""]
    with pytest.raises(BadList):
        begin_reading(price_list=made, columns=made.columns, by=BY)
    made = read(made, ["sku", "name", "content", "price", ""])
    assert only_row(made).price == 5
    name_columns_anew(price_list=made, by=BY)
    made = read(made, ["sku", "name", "content", "", "price"])
    assert only_row(made).price == 9
    again = take_in(organisation=musi.organisation, data=csv("A;N;1;5;9", head=head), name="x", place=PALEMBANG, by=BY)
    assert again.columns == ["sku", "name", "content", "", "price"]
    other = rinjani_pangan().organisation
    theirs = take_in(organisation=other, data=csv("A;N;1;5;9", head=head), name="x", place=("52.71", None), by=BY)
    assert theirs.columns == ["", "name", "content", "", ""]


def test_a_dropped_list_is_read_no_more(musi: Wholesaler) -> None:
    made = hand_in(musi.organisation, EGGS)
    drop(price_list=made, by=BY)
    drop(price_list=made, by=BY)
    assert made.state == ListState.DROPPED
    with pytest.raises(StaleDocument):
        begin_reading(price_list=made, columns=made.columns, by=BY)
    assert [event.move for event in made.history.all()] == ["take_in", "read", "finish", "drop"]


def test_a_killed_worker_loses_no_more_than_a_chunk(musi: Wholesaler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK", 3)
    made = take_in(
        organisation=musi.organisation,
        data=csv(*(f"A{n};N;dus;1;5" for n in range(8))),
        name="x",
        place=PALEMBANG,
        by=BY,
    )
    begin_reading(price_list=made, columns=made.columns, by=BY)
    written = rows.insert_rows
    calls = iter([False, True])

    class Killed(BaseException):
        pass

    def dies(*args: Any) -> None:
        written(*args)
        if next(calls, False):
            raise Killed

    monkeypatch.setattr(reading, "insert_rows", dies)
    with pytest.raises(Killed):
        worked(made)
    halfway = PriceList.objects.get(pk=made.pk)
    assert (halfway.state, halfway.done, halfway.total, halfway.rows.count()) == ("reading", 3, 8, 3)
    monkeypatch.setattr(reading, "insert_rows", written)
    done = worked(made)
    assert done.state == ListState.READY
    assert list(done.rows.exclude(number=None).values_list("number", flat=True)) == list(range(2, 10))


def test_what_breaks_is_told_and_may_be_tried_again(musi: Wholesaler) -> None:
    made = take_in(organisation=musi.organisation, data=csv(EGGS), name="x", place=PALEMBANG, by=BY)
    kept = str(made.file.name)
    begin_reading(price_list=made, columns=made.columns, by=BY)
    made.file.storage.delete(kept)
    failed = worked(made)
    assert (failed.state, bool(failed.failure)) == (ListState.FAILED, True)
    made.file.storage.save(kept, ContentFile(csv(EGGS)))
    name_columns_anew(price_list=failed, by=BY)
    assert read(failed).state == ListState.READY


ROWS = [
    *AS_IT_IS,
    EGGS,
    "BR-50;Beras;karung;50 kg;650.000",
    "br-50 ;Beras;karung;25 kg;350.000",
    "MG-1;Mi;dus;40x85g;100.000",
    "MG-2;Mi;dus;;100.000",
    ";Tanpa nomor;dus;1;5.000",
    "MG-3;Mi;dus;40;mahal",
]


@given(listed=st.lists(st.sampled_from(ROWS), min_size=1, max_size=12), seed=st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_reading_does_not_depend_on_the_order_of_rows(musi: Wholesaler, listed: list[str], seed: random.Random) -> None:
    def read_so(order: list[str]) -> list[tuple[object, ...]]:
        made = hand_in(musi.organisation, *order)
        found = made.rows.values_list("sku", "name", "cells", "kind", "changes", "percent", "error", "offers", "chosen")
        return sorted(found, key=repr)

    shuffled = list(listed)
    seed.shuffle(shuffled)
    assert read_so(listed) == read_so(shuffled)


def test_no_row_of_one_supplier_touches_anothers(musi: Wholesaler) -> None:
    rinjani = rinjani_pangan()
    before = everything_of(rinjani.organisation), in_force(rinjani.organisation)
    made = hand_in(musi.organisation, "BR-25;Beras 25 kg;karung;25 kg;320.000")
    assert made.rows.get(sku="BR-25").kind == RowKind.NEW
    assert not made.rows.filter(kind="missing", name="Beras 25 kg").exists()
    assert (everything_of(rinjani.organisation), in_force(rinjani.organisation)) == before
