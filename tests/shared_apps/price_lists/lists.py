"""Price lists that the tests hand in. Called on the platform; what a worker would do is done at once."""

from __future__ import annotations

from collections.abc import Sequence

from shared_apps.price_lists.models import PriceList
from shared_apps.price_lists.services.applying import begin_applying, begin_undoing
from shared_apps.price_lists.services.uploading import begin_reading, take_in
from shared_apps.price_lists.services.working import work
from shared_apps.supplier_catalog.models import Article, ArticleVersion, Offer, SupplierOrganisation
from shared_apps.supplier_catalog.services.standing import Place
from tests.cast import BY

HEAD = "SKU;Nama barang;Kemasan;Isi;Harga"
PALEMBANG: Place = ("16.71", None)
# What Sinar Musi offers, as a list would say it.
AS_IT_IS = (
    "BR-50;Beras medium 50 kg;karung;50 kg;600.000",
    "GL-20;Gula pasir 1 kg;dus 20;20 kg;300.000",
)
EGGS = "TL-180;Telur ayam;peti;180 butir;280.000"


def csv(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *rows, ""]).encode()


def hand_in(
    organisation: SupplierOrganisation,
    *rows: str,
    head: str = HEAD,
    place: Place = PALEMBANG,
    columns: Sequence[str] = (),
) -> PriceList:
    """Uploaded with its guessed columns, and read."""
    made = take_in(organisation=organisation, data=csv(*rows, head=head), name="harga.csv", place=place, by=BY)
    return read(made, columns)


def read(price_list: PriceList, columns: Sequence[str] = ()) -> PriceList:
    begin_reading(price_list=price_list, columns=columns or price_list.columns, by=BY)
    return worked(price_list)


def worked(price_list: PriceList) -> PriceList:
    work(price_list.pk)
    return PriceList.objects.select_related("organisation", "feed").get(pk=price_list.pk)


def take_over(price_list: PriceList) -> PriceList:
    begin_applying(price_list=price_list, by=BY)
    return worked(price_list)


def take_back(price_list: PriceList) -> PriceList:
    begin_undoing(price_list=price_list, by=BY)
    return worked(price_list)


def in_force(organisation: SupplierOrganisation) -> set[tuple[object, ...]]:
    """What regions see: the articles that are sold with their current version, and the offers that run."""
    articles = Article.objects.filter(organisation=organisation, is_active=True).values_list("pk", "current_id")
    offers = Offer.objects.filter(organisation=organisation, ended_at=None).values_list("pk", "version_id")
    return {("article", *row) for row in articles} | {("offer", *row) for row in offers}


def everything_of(organisation: SupplierOrganisation) -> tuple[object, ...]:
    """All rows of a supplier's catalogue, to see that nothing at all was touched."""
    return (
        sorted(Article.objects.filter(organisation=organisation).values_list("pk", "sku", "is_active", "current_id")),
        sorted(ArticleVersion.objects.filter(article__organisation=organisation).values_list("pk", "number")),
        sorted(Offer.objects.filter(organisation=organisation).values_list("pk", "ended_at"), key=str),
    )
