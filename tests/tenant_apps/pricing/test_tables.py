"""A table of prices is looked at line by line, taken over as one document and taken back as one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shared_apps.onboarding.services.blueprints import FOLDER
from tenant_apps.catalog.hooks import CatalogSection
from tenant_apps.catalog.models import Product
from tenant_apps.pricing.errors import BadPrice
from tenant_apps.pricing.models import ImportState, MarketObservation, ObservationImport, Source
from tenant_apps.pricing.selectors import guarantee_of
from tenant_apps.pricing.services.importing import (
    COLUMNS,
    NEEDED,
    drop_table,
    read_table,
    take_back,
    take_over,
    upload_table,
)
from tenants.context import in_region
from tenants.kernel.errors import StaleDocument
from tenants.kernel.tables import BadTable
from tenants.models import Region
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.pricing.desk import footprint, see, today

URL = "/satker/pasar/tabel/"
SAMPLE = Path(__file__).parents[3] / "docs" / "samples" / "harga-pasar.csv"


@pytest.fixture
def yuli(market: Cast) -> Client:
    return browser_of(market.yuli)


def table(text: str, **more: Any) -> ObservationImport:
    told = {"name": "harga.csv", "market": "Pasar Kuto", "observed_on": today(), "by": BY, **more}
    return upload_table(data=text.encode(), **told)


def one_line(line: str, head: str = "produk;pasar;tanggal;jumlah;satuan;harga") -> Any:
    return read_table(table(f"{head}\n{line}\n")).lines[0]


@pytest.mark.parametrize(
    ("case", "line", "quantity", "price"),
    [
        ("by name", "Beras medium;;;1;kg;15.000", 1_000, 15_000),
        ("by number, spelled otherwise", "sb-001;;;1;Kg.;Rp 15.000", 1_000, 15_000),
        ("in grams", "Beras medium;;;500;gram;7500", 500, 7_500),
        ("half a kilo", "Beras medium;;;0,5;kg;7.500", 500, 7_500),
        ("by a pack", "Beras medium;;;2;karung 50 kg;1.400.000", 100_000, 1_400_000),
        ("without an amount", "Beras medium;;;;kg;15.000", 1_000, 15_000),
        ("pieces", "telur  ayam;;;10;butir;22.000", 10, 22_000),
    ],
)
def test_what_a_line_says(market: Cast, case: str, line: str, quantity: int, price: int) -> None:
    found = one_line(line)
    assert (found.error, found.per_quantity, found.price) == ("", quantity, price)
    assert (found.market, found.observed_on) == ("Pasar Kuto", today())


@pytest.mark.parametrize(
    ("case", "line"),
    [
        ("no such product", "Emas;;;1;kg;15.000"),
        ("no unit", "Beras medium;;;1;;15.000"),
        ("a unit nobody knows", "Beras medium;;;1;gantang;15.000"),
        ("another unit, without a density", "Beras medium;;;1;liter;15.000"),
        ("pieces of what is weighed", "Beras medium;;;1;butir;15.000"),
        ("half an egg", "Telur ayam;;;0,5;butir;1.100"),
        ("no price", "Beras medium;;;1;kg;"),
        ("a word", "Beras medium;;;1;kg;murah"),
        ("nothing", "Beras medium;;;1;kg;0"),
        ("beyond any price", "Beras medium;;;1;kg;" + "9" * 40),
        ("for nothing", "Beras medium;;;0;kg;15.000"),
        ("a number in other digits", "Beras medium;;;١;kg;15.000"),
        ("a day that has not come", "Beras medium;;31/12/2999;1;kg;15.000"),
        ("no day", "Beras medium;;kemarin;1;kg;15.000"),
        ("the 31st of February", "Beras medium;;31/02/2026;1;kg;15.000"),
    ],
)
def test_a_wrong_line_says_what_is_wrong_and_is_left_out(market: Cast, case: str, line: str) -> None:
    made = table(f"produk;pasar;tanggal;jumlah;satuan;harga\n{line}\nTelur ayam;;;1;butir;2.300\n")
    read = read_table(made)
    assert read.lines[0].error and read.lines[0].number == 2
    take_over(table=made, observer="Yuli", by=BY)
    made.refresh_from_db()
    assert (made.state, made.taken_over, made.left_out) == (ImportState.APPLIED, 1, 1)
    assert list(made.observations.values_list("product__name", "price", "source")) == [
        ("Telur ayam", 2_300, Source.OFFICIAL)
    ]


def test_litres_of_what_is_weighed_need_its_density(market: Cast) -> None:
    Product.objects.filter(pk=market.rice.pk).update(density_g_per_l=915)
    made = table("produk,satuan,harga\nBeras medium,liter,17500\n")
    take_over(table=made, observer="Yuli", by=BY)
    seen = made.observations.get()
    assert (seen.per_quantity, seen.told_quantity, seen.told_unit) == (915, 1_000, "ml")
    # 17.500 for 915 g are 19.125,68 for a kilo, rounded down.
    assert guarantee_of([market.rice_price])[market.rice_price.pk].market_price == 19_125


@pytest.mark.parametrize("head", ["produk;satuan;harga", "Komoditas,Unit,Harga (Rp)", "NAMA BARANG\tSATUAN\tPRICE"])
def test_columns_are_found_by_their_names(market: Cast, head: str) -> None:
    sign = next(one for one in ";,\t" if one in head)
    assert one_line(sign.join(("Beras medium", "kg", "15000")), head).error == ""
    assert all(COLUMNS[column] for column in NEEDED)


@pytest.mark.parametrize(
    "data",
    [b"", b"\n\n", b"\x00\x01\x02", b"produk;satuan\nBeras;kg\n", b"produk;satuan;harga\n", b"x" * (2 * 1024 * 1024 + 1),
     b"produk;satuan;harga\n" + b"Beras medium;kg;1\n" * 5_001],
)  # fmt: skip
def test_what_is_no_table_is_refused(market: Cast, data: bytes) -> None:
    with pytest.raises(BadTable):
        upload_table(data=data, name="x.csv", market="", observed_on=None, by=BY)
    assert not ObservationImport.objects.exists()


def test_lines_that_are_known_are_recognised_here_and_before(market: Cast) -> None:
    see(market, 15_500, market="Pasar Kuto")
    made = table("produk;satuan;harga\nBeras medium;kg;15.500\nTelur ayam;butir;2.300\nTelur ayam;butir;2.300\n")
    read = read_table(made)
    assert [line.duplicate for line in read.lines] == [True, False, True]
    take_over(table=made, observer="Yuli", by=BY)
    again = table("produk;satuan;harga\nTelur ayam;butir;2.300\n")
    with pytest.raises(BadTable):
        take_over(table=again, observer="Yuli", by=BY)


def test_taking_over_twice_writes_once_and_taking_back_leaves_no_evidence(market: Cast) -> None:
    made = table("produk;satuan;harga\nBeras medium;kg;14.000\nTelur ayam;butir;2.300\n")
    before = MarketObservation.objects.count()
    for _tap in range(2):
        take_over(table=made, observer="Yuli", by=BY)
    assert MarketObservation.objects.count() == before + 2
    assert guarantee_of([market.rice_price])[market.rice_price.pk].holds is False
    with pytest.raises(BadPrice):
        take_back(table=made, reason=" ", by=BY)
    for _tap in range(2):
        take_back(table=made, reason="Tabel minggu lalu", by=BY)
    assert guarantee_of([market.rice_price])[market.rice_price.pk].holds is True
    assert set(made.observations.values_list("withdrawn_reason", flat=True)) == {"Tabel minggu lalu"}
    assert MarketObservation.objects.count() == before + 2
    moved = footprint()
    with pytest.raises(StaleDocument):
        take_over(table=made, observer="Yuli", by=BY)
    assert footprint() == moved


def test_a_dropped_table_counts_never(market: Cast) -> None:
    made = table("produk;satuan;harga\nBeras medium;kg;14.000\n")
    assert drop_table(table=made) and not drop_table(table=made)
    with pytest.raises(StaleDocument):
        take_over(table=made, observer="Yuli", by=BY)
    with pytest.raises(StaleDocument):
        take_back(table=made, reason="x", by=BY)


def test_reading_asks_as_often_for_many_lines_as_for_few(market: Cast, django_assert_num_queries: Any) -> None:
    few = table("produk;satuan;harga\nBeras medium;kg;14.000\n")
    many = table("produk;satuan;harga\n" + "".join(f"Beras medium;kg;{14_000 + n}\n" for n in range(500)))
    for made in (few, many):
        with django_assert_num_queries(3):
            read_table(made)


def test_the_sample_of_the_documents_is_good_in_kalidonis_catalogue(kalidoni: Region) -> None:
    with in_region(kalidoni), time_machine.travel(datetime(2026, 11, 25, 5, tzinfo=UTC), tick=False):
        CatalogSection().apply(json.loads(Path(FOLDER / "kalidoni-1.json").read_text())["sections"]["catalog"])
        made = upload_table(data=SAMPLE.read_bytes(), name=SAMPLE.name, market="", observed_on=None, by=BY)
        assert [(line.price, line.error) for line in read_table(made).lines] == [
            (15_000, ""),
            (28_500, ""),
            (17_500, ""),
        ]


@pytest.mark.parametrize(
    ("case", "encoding", "before"),
    [
        ("plain", "utf-8", ""),
        ("Excel's mark", "utf-8-sig", ""),
        ("Windows' letters", "cp1252", ""),
        ("Excel's Unicode text", "utf-16", ""),
        ("told what stands between", "utf-8-sig", "sep=;\r\n"),
        ("told so in quotes", "utf-8", '"SEP=;"\r\n'),
    ],
)
def test_however_it_was_saved(market: Cast, case: str, encoding: str, before: str) -> None:
    text = before + "produk;pasar;satuan;harga\r\nBeras medium;Pasar Café – Ilir;kg;15.000\r\nEmas;;kg;1\r\n"
    made = upload_table(data=text.encode(encoding), name="x.csv", market="", observed_on=today(), by=BY)
    first, second = read_table(made).lines
    assert (first.market, first.price, first.error) == ("Pasar Café – Ilir", 15_000, "")
    # Lines are numbered as the file has them.
    assert (first.number, second.number) == ((3, 4) if before else (2, 3))


def test_a_table_without_a_good_line_opens_at_what_is_wrong(market: Cast, yuli: Client) -> None:
    shown = yuli.post(URL, sent("produk;satuan;harga\nEmas;kg;1\n"), follow=True).content.decode()
    assert "Emas" in shown and "Pakai nama atau nomor barang seperti di katalog" in shown
    assert "Masukkan" not in shown


# Pages


def sent(text: str, **more: str) -> dict[str, Any]:
    file = SimpleUploadedFile("harga.csv", text.encode(), content_type="text/csv")
    return {"file": file, "market": "Pasar Kuto", "observed_on": today().isoformat(), **more}


def test_yuli_uploads_looks_takes_over_and_takes_back(market: Cast, yuli: Client) -> None:
    answer = yuli.post(URL, sent("produk;satuan;harga\nBeras medium;kg;15.400\nEmas;kg;1\n"))
    made = ObservationImport.objects.get()
    assert answer["Location"] == f"{URL}{made.public_id}/"
    assert "Rp\u00a015.400" in yuli.get(answer["Location"]).content.decode()
    assert "Emas" in yuli.get(answer["Location"] + "?tab=wrong").content.decode()
    assert not made.observations.exists()
    yuli.post(answer["Location"], {"do": "take_over"})
    assert made.observations.get().price == 15_400
    assert "Rp\u00a015.400" in yuli.get(answer["Location"]).content.decode()
    assert "harga.csv" in yuli.get(URL).content.decode()
    yuli.post(answer["Location"], {"do": "take_back"})
    assert made.observations.get().withdrawn_at is None
    yuli.post(answer["Location"], {"do": "take_back", "reason": "salah"})
    assert made.observations.get().withdrawn_at is not None


def test_what_is_no_table_comes_back_with_the_reason(market: Cast, yuli: Client) -> None:
    assert list(yuli.post(URL, sent("apa saja")).context["form"].errors) == ["file"]
    assert list(yuli.post(URL, {"market": "x"}).context["form"].errors) == ["file"]
    assert not ObservationImport.objects.exists()


def test_only_the_satker_has_tables(market: Cast) -> None:
    made = table("produk;satuan;harga\nBeras medium;kg;14.000\n")
    for who in (market.hasan, market.ratna, market.budi):
        for path in (URL, f"{URL}{made.public_id}/", "/satker/pasar/", "/satker/pasar/catatan/", "/satker/harga/het/"):
            assert browser_of(who).get(path).status_code == 404
        assert browser_of(who).post(f"{URL}{made.public_id}/", {"do": "take_over"}).status_code == 404
    assert not made.observations.exists()
