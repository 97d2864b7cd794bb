"""Order, receipt and invoice beside each other: what was agreed, what came, what is asked for. Exact, in whole rupiah."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shared_apps.exchange.models import SupplierInvoice, SupplierInvoiceLine
from shared_apps.supplier_catalog.taxes import tax_on
from tenant_apps.procurement.agreed import Standing, Tally, Terms, nearest
from tenant_apps.procurement.consolidation import shares
from tenant_apps.procurement.models import (
    FreightBy,
    InvoiceMatch,
    InvoiceMatchLine,
    PurchaseLine,
    ReturnToSupplier,
    SupplierPayment,
)
from tenants.kernel.money import rupiah_text
from tenants.kernel.units import BaseUnit


@dataclass(frozen=True)
class MatchLine:
    """A line of an invoice: its packs, price and PPN, beside the terms, what is here, and what of it was invoiced before."""

    terms: Terms
    tally: Tally
    packs: int
    price: int
    tax: int
    invoiced_before: int
    cleared: int

    @property
    def line(self) -> PurchaseLine:
        return self.terms.line

    @property
    def asked(self) -> int:
        return self.packs * self.price + self.tax

    @property
    def difference(self) -> int:
        """Rupiah that are asked for beyond what came at the agreed price; below zero: too little is asked for."""
        return self.asked - self.cleared

    @property
    def words(self) -> list[str]:
        """What differs, in sentences."""
        told = []
        more = self.invoiced_before + self.packs - self.tally.good
        if more > 0:
            told.append(
                ngettext(
                    "%(count)s pack more is invoiced than came in good order.",
                    "%(count)s packs more are invoiced than came in good order.",
                    more,
                )
                % {"count": more}
            )
        if self.price != self.terms.price:
            words = (
                _("A pack costs %(amount)s more than was agreed.")
                if self.price > self.terms.price
                else _("A pack costs %(amount)s less than was agreed.")
            )
            told.append(words % {"amount": rupiah_text(abs(self.price - self.terms.price))})
        if self.difference and not told:
            told.append(
                _("By weight it comes to %(amount)s.") % {"amount": rupiah_text(self.cleared)}
                if self.terms.is_weighed
                else _("What came is worth %(amount)s.") % {"amount": rupiah_text(self.cleared)}
            )
        return told


@dataclass(frozen=True)
class ThreeWay:
    """An invoice against its order and what came of it."""

    standing: Standing
    invoice: SupplierInvoice
    lines: tuple[MatchLine, ...]
    freight_agreed: int
    freight_before: int

    @property
    def cleared(self) -> int:
        return sum(line.cleared for line in self.lines)

    @property
    def difference(self) -> int:
        return self.invoice.goods + self.invoice.tax - self.cleared

    @property
    def freight_difference(self) -> int:
        """More freight than is left of what was agreed."""
        return max(self.freight_before + self.invoice.freight - self.freight_agreed, 0)

    @property
    def fits(self) -> bool:
        """Nothing differs, not by a rupiah."""
        return not self.freight_difference and not any(line.difference for line in self.lines)

    @property
    def words(self) -> list[tuple[str, str]]:
        """What differs, article by article, in sentences."""
        return [(line.line.offer.article_name, word) for line in self.lines for word in line.words]

    @property
    def can_weigh(self) -> bool:
        """Whether all of it has a weight, so that freight can be shared out by it."""
        return all(line.line.good.base_unit != BaseUnit.PIECE for line in self.lines)


def three_way(standing: Standing, invoice: SupplierInvoice) -> ThreeWay:
    """The comparison as things stand."""
    by_exchange = {terms.exchange_line: pk for pk, terms in standing.terms.items()}
    before = _matched(standing.terms)
    rows = [(by_exchange[row.line_id], row) for row in invoice.lines.all() if row.line_id in by_exchange]
    taxes = _taxes(standing, invoice, rows)
    lines = []
    for (pk, row), tax in zip(rows, taxes, strict=True):
        terms, tally = standing.terms[pk], standing.tallies[pk]
        packs, cleared = before.get(pk, (0, 0))
        lines.append(
            MatchLine(terms, tally, row.packs, row.price, tax, packs, _cleared(terms, tally, row.packs, packs, cleared))
        )
    freight = InvoiceMatch.objects.filter(purchase=standing.purchase).exclude(invoice=invoice.public_id)
    return ThreeWay(
        standing,
        invoice,
        tuple(lines),
        standing.order.freight if standing.order else standing.purchase.freight,
        freight.aggregate(all=Sum("freight", default=0))["all"],
    )


def open_claims(standing_purchase: int) -> int:
    """Rupiah that the supplier of this purchase has to give back, and that no payment was made smaller by yet."""
    claimed = ReturnToSupplier.objects.filter(line__purchase=standing_purchase).aggregate(all=Sum("claimed", default=0))
    used = sum(
        goods + tax + freight - amount
        for goods, tax, freight, amount in SupplierPayment.objects.filter(
            match__purchase=standing_purchase
        ).values_list("match__goods", "match__tax", "match__freight", "amount")
    )
    return int(claimed["all"]) - used


def freight_shares(board: ThreeWay, by: str) -> list[int]:
    """The invoice's freight by line, exact to the rupiah: by value, or by weight where all of it has one."""
    weights = [
        line.packs * line.terms.base_of_carton if by == FreightBy.WEIGHT else max(line.asked, 1) for line in board.lines
    ]
    return shares(board.invoice.freight, weights)


def _matched(lines: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Packs and rupiah that matched invoices hold already, by line; what went back later is not held any more."""
    found = {
        row["line"]: (row["all_packs"], row["all_cleared"])
        for row in InvoiceMatchLine.objects.filter(line__in=list(lines))
        .order_by()
        .values("line")
        .annotate(all_packs=Sum("packs"), all_cleared=Sum("cleared"))
    }
    back = ReturnToSupplier.objects.filter(line__in=list(found), claimed__gt=0).order_by()
    for line, claimed in back.values_list("line").annotate(Sum("claimed")):
        packs, cleared = found[line]
        found[line] = packs, cleared - claimed
    return found


def _cleared(terms: Terms, tally: Tally, packs: int, before: int, cleared: int) -> int:
    """What of these packs is here and on no other invoice, at the agreed price."""
    left = max(terms.value(tally) - cleared, 0)
    if terms.is_weighed:
        rest = tally.good - before
        if packs >= rest:
            return left
        return nearest(left * packs, rest)
    return min(terms.value(Tally(cartons=packs, carton=tally.carton)), left)


def _taxes(standing: Standing, invoice: SupplierInvoice, rows: list[tuple[int, SupplierInvoiceLine]]) -> list[int]:
    """The invoice's PPN by line: as it is reckoned for each, or in that proportion where the invoice says something else."""
    reckoned = [tax_on(row.packs * row.price, standing.terms[pk].tax, invoice.issued_on) for pk, row in rows]
    if sum(reckoned) == invoice.tax:
        return reckoned
    weights = reckoned if any(reckoned) else [row.packs * row.price for _pk, row in rows]
    return shares(invoice.tax, weights)
