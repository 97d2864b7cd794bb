"""A supplier's price list, read beside its catalogue and applied: WARSA's way, and what one would write first."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from shared_apps.price_lists.models import ListState, PriceList, PriceListRow, RowKind
from shared_apps.price_lists.services.applying import begin_applying, begin_undoing
from shared_apps.price_lists.services.reading import Lines
from shared_apps.price_lists.services.uploading import begin_reading, take_in
from shared_apps.price_lists.services.working import work
from shared_apps.regions.models import Area, Level
from shared_apps.supplier_catalog.models import (
    Article,
    ArticlePack,
    ArticleVersion,
    Offer,
    OfferTier,
    SupplierArea,
    SupplierOrganisation,
    SupplierState,
)
from shared_apps.supplier_catalog.services.drafts import ArticleDraft, OfferDraft, PackDraft
from shared_apps.supplier_catalog.services.publishing import publish
from tenants.context import on_platform
from tenants.kernel import clock
from tests.benchmarks.spending import spending

BY = "system:bench"
HEAD = "SKU;Nama barang;Merek;Kemasan;Isi;Harga;harga 10;MOQ"
AREA = "16"


def _supplier(name: str, nib: str) -> SupplierOrganisation:
    Area.objects.get_or_create(
        code=AREA, defaults={"level": Level.PROVINCE, "name": "Sumatera Selatan", "source_name": "SUMATERA SELATAN"}
    )
    made, fresh = SupplierOrganisation.objects.get_or_create(
        nib=nib,
        defaults={
            "name": name,
            "address": "Jalan Tengkuruk 1",
            "area_id": AREA,
            "phone": "+6281200000101",
            "email": f"{nib}@example.test",
            "state": SupplierState.VERIFIED,
        },
    )
    if fresh:
        SupplierArea.objects.create(organisation=made, area_id=AREA)
    return made


def fill_articles(nib: str, articles: int) -> None:
    """So many articles, each offered in two tiers."""
    with on_platform():
        publish(
            organisation=_supplier(f"Grosir {nib}", nib),
            drafts=[
                ArticleDraft(
                    f"SKU-{number}",
                    f"Barang nomor {number}",
                    (PackDraft("dus", 40),),
                    brand="Merek",
                    offers=(OfferDraft("dus", ((1, 100_000 + number), (10, 99_000 + number)), AREA, least=1),),
                )
                for number in range(articles)
            ],
            by=BY,
        )


def _file(rows: int, bad: int) -> bytes:
    """Of each twenty rows eleven name another price and one is new; the last ones are bad."""
    lines = [HEAD]
    for number in range(rows):
        sku = f"SKU-{number}" if number % 20 else f"BARU-{number}"
        price = 100_000 + number + (1_000 if number % 20 < 12 else 0)
        told = "mahal" if number >= rows - bad else f"{price:,}".replace(",", ".")
        lines.append(f"{sku};Barang nomor {number};Merek;dus;40 pcs;{told};{price - 1_000};1")
    return "\n".join(lines).encode()


def hand_in_list(nib: str, rows: int, bad: int = 0) -> dict[str, Any]:
    """The file arrives and is read by a worker, until the page shows what it would change."""
    with on_platform():
        organisation = _supplier(f"Grosir {nib}", nib)
        data = _file(rows, bad)
        with spending() as spent:
            made = take_in(organisation=organisation, data=data, name="harga.csv", place=(AREA, None), by=BY)
            begin_reading(price_list=made, columns=made.columns, by=BY)
            work(made.pk)
        made.refresh_from_db()
        assert made.state == ListState.READY, made.failure
        return {**spent.as_json(), "list": made.pk, "counts": made.counts}


def apply_list(list_id: int) -> dict[str, Any]:
    """All good rows are published."""
    return _worked(list_id, begin_applying, ListState.APPLIED)


def undo_list(list_id: int) -> dict[str, Any]:
    """And are taken back."""
    return _worked(list_id, begin_undoing, ListState.UNDONE)


def _worked(list_id: int, begin: Any, after: ListState) -> dict[str, Any]:
    with on_platform():
        made = PriceList.objects.get(pk=list_id)
        with spending() as spent:
            begin(price_list=made, by=BY)
            work(list_id)
        made.refresh_from_db()
        assert made.state == after, made.failure
        return spent.as_json()


def read_plainly(list_id: int) -> dict[str, Any]:
    """The same rows, one by one through the ORM; parsing is ours. The rows are written once more and dropped."""
    with on_platform():
        made = PriceList.objects.get(pk=list_id)
        lines, rows = Lines(made), list(made.rows.exclude(number=None).order_by("number"))
        drafts = [one.draft for one in lines.read([(row.number or 0, row.cells) for row in rows])]
        with spending() as spent, transaction.atomic():
            for row, draft in zip(rows, drafts, strict=True):
                _compare_one(made, row, draft)
            transaction.set_rollback(True)
        return spent.as_json()


def _compare_one(made: PriceList, row: PriceListRow, draft: ArticleDraft | None) -> None:
    kind, changes = RowKind.BAD, []
    if draft is not None:
        article = Article.objects.filter(organisation=made.organisation, sku__iexact=draft.sku).first()
        offers = Offer.objects.filter(article=article, area=AREA, ended_at=None) if article else Offer.objects.none()
        offer = offers.order_by("-valid_from").first()
        if article is None or article.current is None or offer is None:
            kind = RowKind.NEW
        else:
            version = article.current
            packs = [(pack.label, pack.base_quantity) for pack in version.packs.all()]
            tiers = tuple((tier.packs, tier.price) for tier in offer.tiers.all())
            if version.name != draft.name:
                changes.append(["name", version.name, draft.name])
            if packs != [(pack.label, pack.base_quantity) for pack in draft.packs]:
                changes.append(["packs", "", ""])
            if tiers != draft.offers[0].tiers:
                changes.append(["price", str(tiers), str(draft.offers[0].tiers)])
            kind = RowKind.CHANGED if changes else RowKind.SAME
    PriceListRow.objects.create(
        price_list=made, number=1_000_000 + (row.number or 0), sku=row.sku, name=row.name, cells=row.cells, kind=kind,
        changes=changes, chosen=kind in (RowKind.NEW, RowKind.CHANGED),
    )  # fmt: skip


def apply_plainly(list_id: int) -> dict[str, Any]:
    """The chosen rows published one by one through the ORM, and dropped again."""
    with on_platform():
        made = PriceList.objects.get(pk=list_id)
        lines, rows = Lines(made), list(made.rows.filter(chosen=True).order_by("number"))
        drafts = [one.draft for one in lines.read([(row.number or 0, row.cells) for row in rows])]
        with spending() as spent, transaction.atomic():
            for row, draft in zip(rows, drafts, strict=True):
                if draft is not None:
                    _publish_one(made.organisation, draft)
                    PriceListRow.objects.filter(pk=row.pk).update(outcome="applied")
            transaction.set_rollback(True)
        return spent.as_json()


def _publish_one(organisation: SupplierOrganisation, draft: ArticleDraft) -> None:
    article, _made = Article.objects.get_or_create(organisation=organisation, sku=draft.sku)
    version = article.current
    if version is None or version.name != draft.name:
        number = version.number + 1 if version else 1
        version = ArticleVersion.objects.create(
            article=article, number=number, name=draft.name, brand=draft.brand, base_unit=draft.base_unit, by=BY
        )
        for pack in draft.packs:
            ArticlePack.objects.create(version=version, label=pack.label, base_quantity=pack.base_quantity)
        article.current = version
        article.save(update_fields=["current"])
    offer = draft.offers[0]
    article.offers.filter(area=AREA, ended_at=None).update(ended_at=clock.now())
    running = Offer.objects.create(
        organisation=organisation,
        article=article,
        version=version,
        pack=version.packs.get(label=offer.pack),
        area_id=AREA,
        least=offer.least,
        valid_from=clock.today(),
        by=BY,
    )
    for packs, price in offer.tiers:
        OfferTier.objects.create(offer=running, packs=packs, price=price)
