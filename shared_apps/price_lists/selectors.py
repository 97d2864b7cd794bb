"""A supplier's lists and their rows, as its pages show them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from shared_apps.price_lists.models import Outcome, PriceFeed, PriceList, PriceListRow, RowKind
from shared_apps.supplier_catalog.models import SupplierOrganisation
from tenants.kernel.cells import Cell

# Kinds of rows that may be taken over.
CHOOSABLE = (RowKind.NEW, RowKind.CHANGED, RowKind.MISSING)


def lists_of(organisation: SupplierOrganisation) -> QuerySet[PriceList]:
    """Its lists, newest first."""
    return PriceList.objects.filter(organisation=organisation).select_related("area", "region", "feed").order_by("-pk")


def list_for(organisation: SupplierOrganisation, public_id: UUID) -> PriceList:
    """A list of its own; another's and none at all answer alike.

    Raises:  Http404.
    """
    found = lists_of(organisation).filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such list")
    return found


def feed_for(organisation: SupplierOrganisation, public_id: UUID) -> PriceFeed:
    """An address of its own that is still pulled from.

    Raises:  Http404.
    """
    found = PriceFeed.objects.filter(organisation=organisation, public_id=public_id, ended_at=None).first()
    if found is None:
        raise Http404("no such address")
    return found


@dataclass(frozen=True)
class Outcomes:
    """What became of a list's rows."""

    chosen: int
    applied: int
    refused: int
    back: int
    left: int


def outcomes_of(price_list: PriceList) -> Outcomes:
    """In one query."""
    return Outcomes(
        **price_list.rows.aggregate(
            chosen=Count("pk", filter=Q(chosen=True)),
            applied=Count("pk", filter=Q(outcome=Outcome.APPLIED)),
            refused=Count("pk", filter=Q(outcome=Outcome.REFUSED)),
            back=Count("pk", filter=Q(outcome=Outcome.BACK)),
            left=Count("pk", filter=Q(outcome=Outcome.LEFT)),
        )
    )


def rows_of(price_list: PriceList, kind: str, text: str = "", *, only_jumps: bool = False) -> QuerySet[PriceListRow]:
    """Rows of one kind, in the file's order; with `text` those whose SKU or name has it."""
    rows = price_list.rows.filter(kind=kind)
    if text:
        rows = rows.filter(Q(sku__icontains=text) | Q(name__icontains=text))
    return rows.filter(jumps=True) if only_jumps else rows


def rows_with(price_list: PriceList, outcome: Outcome) -> QuerySet[PriceListRow]:
    """Rows of any kind of which this became."""
    return price_list.rows.filter(outcome=outcome)


def bad_table(price_list: PriceList) -> Iterator[list[Cell]]:
    """The rows that were bad or refused, as the file has them, each with why: to be mended and handed in again."""
    wrong = Q(kind=RowKind.BAD) | Q(outcome=Outcome.REFUSED)
    yield [*price_list.headings, _("Row"), _("What is wrong")]
    for row in price_list.rows.filter(wrong, number__isnull=False).iterator(1_000):
        cells = [*row.cells, *[""] * len(price_list.headings)][: len(price_list.headings)]
        yield [*cells, row.number, row.error]
