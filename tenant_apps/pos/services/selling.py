"""A sale over the counter, written once however often it is sent, and taken back on its own day."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tenant_apps.catalog.models import Pack
from tenant_apps.ledger.models import Account
from tenant_apps.ledger.services import Posting, account_of_warung, post, reverse
from tenant_apps.payments.sources import Agreed, source
from tenant_apps.pos.errors import (
    BadSale,
    BonClosed,
    OddLine,
    OverLimit,
    PriceUnknown,
    ReasonMissing,
    SaleReused,
    TooLate,
)
from tenant_apps.pos.locks import lock_bon, lock_counter
from tenant_apps.pos.models import (
    MOST_LINES,
    MOST_OF_A_PACK,
    BonCustomer,
    CounterSale,
    CounterSaleLine,
    SaleShortfall,
    SaleState,
)
from tenant_apps.pos.selectors import business_day
from tenant_apps.pricing.models import WarungPrice
from tenant_apps.stock.models import StockLocation
from tenant_apps.stock.services import Line, location_of_warung, sell, sell_gone, take_back
from tenant_apps.warungs.models import Warung
from tenants.activity import note_activity
from tenants.kernel import clock
from tenants.kernel.money import rupiah_text
from tenants.kernel.numbers import save_numbered

# A phone's clock may be ahead by so much; a sale may be so old when it arrives; its price may have been replaced so long before.
SKEW = timedelta(minutes=10)
OLDEST = timedelta(days=7)
SHELF_LAG = timedelta(hours=24)
# Of money in one sale; far above any basket, far below bigint.
MOST_MONEY = 10**12


@dataclass(frozen=True)
class SaleLine:
    """So many of a pack, each at the price in rupiah that the shelf showed."""

    pack_id: int
    quantity: int
    price: int


@dataclass(frozen=True)
class Tenders:
    """How a sale is paid, in rupiah. `received` is the cash that was handed over; empty: exactly the cash part."""

    cash: int = 0
    qris: int = 0
    bon: int = 0
    received: int | None = None
    # From the savings of whoever has just agreed to it; never without network.
    savings: int = 0

    @property
    def total(self) -> int:
        return self.cash + self.qris + self.bon + self.savings

    @property
    def cash_received(self) -> int:
        return self.cash if self.received is None else self.received


def record_sale(
    *,
    warung: Warung,
    key: UUID,
    lines: Sequence[SaleLine],
    tenders: Tenders,
    customer: BonCustomer | None = None,
    at: datetime,
    by: str,
    agreed: Agreed | None = None,
) -> CounterSale:
    """The goods are sold and paid. The same key with the same content finds the same sale. `agreed`: whose savings pay.

    Raises:  BadSale; PriceUnknown naming every line whose price was not in force within a day before; StockShort naming every
             line that is short; OverLimit, BonClosed; SaleReused for a key that has another sale; what the purse refuses.
             Then nothing has changed.
    Writes:  sale, lines; stock leaves; one entry.
    """
    return _record(warung, key, lines, tenders, customer, at, by, _leave, agreed)


def record_gone_sale(
    *,
    warung: Warung,
    key: UUID,
    lines: Sequence[SaleLine],
    tenders: Tenders,
    customer: BonCustomer | None = None,
    at: datetime,
    by: str,
) -> CounterSale:
    """A sale that has happened already, as without network: goods that nobody had counted are gone all the same.

    What is promised to customers stays promised; the sale is marked, so that the owner looks at the shelf.

    Raises:  as `record_sale`, but never StockShort.
    """
    return _record(warung, key, lines, tenders, customer, at, by, sell_gone)


def void_sale(*, sale: CounterSale, reason: str, by: str) -> CounterSale:
    """The sale never was: goods lie on the shelf again, the money is given back. Taking it back twice changes nothing.

    States:  DONE -> VOIDED.
    Raises:  TooLate when its day has passed or its drawer was counted; ReasonMissing; Overdrawn when its bon was paid already.
    Writes:  stock, a reversal; savings that paid are in their book again.
    """
    reason = reason.strip()[:240]
    if not reason:
        raise ReasonMissing(_("Write down why the sale is taken back."))
    with transaction.atomic():
        warung = lock_counter(sale.warung)
        sale.refresh_from_db()
        if sale.state == SaleState.VOIDED:
            return sale
        if sale.day != business_day(warung):
            raise TooLate(_("Only a sale of today can be taken back, before the drawer is counted."))
        if sale.customer is not None:
            lock_bon(sale.customer)
        take_back(
            location=location_of_warung(warung),
            lines=[Line(line.product_id, line.base_quantity * line.quantity) for line in sale.lines.all()],
            reference=sale.reference,
            by=by,
        )
        if sale.savings and (kept := source()) is not None:
            kept.give_back(key=sale.public_id, entry=sale.entry, reason=reason, by=by)
        reverse(
            entry=sale.entry,
            key=f"{sale.reference}:void",
            text=_("Counter sale %(number)s taken back: %(reason)s") % {"number": sale.number, "reason": reason},
            by=by,
        )
        sale.state, sale.voided_at, sale.voided_by, sale.void_reason = SaleState.VOIDED, clock.now(), by, reason
        sale.save(update_fields=["state", "voided_at", "voided_by", "void_reason"])
    return sale


def mark_reviewed(*, sale: CounterSale, by: str) -> None:
    """Somebody has looked at the shelf after a sale of uncounted goods. Saying it twice changes nothing."""
    with transaction.atomic():
        CounterSale.objects.filter(pk=sale.pk, short=True, reviewed_at=None).update(
            reviewed_at=clock.now(), reviewed_by=by
        )


def _leave(*, location: StockLocation, lines: Sequence[Line], reference: str, by: str) -> dict[int, int]:
    if not sell(location=location, lines=lines, reference=reference, by=by):
        raise LookupError(f"{reference} was sold before")
    return {}


def _record(
    warung: Warung,
    key: UUID,
    lines: Sequence[SaleLine],
    tenders: Tenders,
    customer: BonCustomer | None,
    at: datetime,
    by: str,
    leave: Callable[..., dict[int, int]],
    agreed: Agreed | None = None,
) -> CounterSale:
    if tenders.savings and agreed is None:
        raise BadSale(_("Savings pay only with the card and the PIN of their member, while you are connected."))
    lines = sorted(lines, key=lambda line: line.pack_id)
    total = _checked_total(lines, tenders)
    content = _content_of(warung, lines, tenders, customer, agreed)
    with transaction.atomic():
        warung = lock_counter(warung)
        before = CounterSale.objects.filter(public_id=key).first()
        if before is not None:
            if before.warung_id != warung.pk or before.content != content:
                raise SaleReused(_("This sale was written down before, with other goods or money."))
            return before
        moment = _checked_time(at)
        prices = _shown_prices(warung, lines, moment)
        customer = _checked_bon(warung, customer, tenders.bon)
        # Opened before anything is locked that others wait for.
        debits = _accounts(warung, tenders, customer)
        income = account_of_warung(warung, "sales")
        reference = f"sale:{key}"
        short = leave(
            location=location_of_warung(warung),
            lines=[
                Line(
                    prices[one.pack_id].pack.product_id,
                    prices[one.pack_id].pack.base_quantity * one.quantity,
                    sealed_in=one.pack_id,
                )
                for one in lines
            ],
            reference=reference,
            by=by,
        )
        postings = [*(Posting(account, amount) for account, amount in debits), Posting(income, -total)]
        text = _("Counter sale")
        if agreed is not None and tenders.savings:
            held = [one.account for one in postings]
            postings += agreed.bring_to_warung(warung=warung, amount=tenders.savings, key=key, by=by, also=held)
            # Its member reads it in their book.
            text = _("Sembako at %(warung)s") % {"warung": warung.name}
        entry = post(key=reference, text=text, postings=postings, by=by)
        sale = save_numbered(
            CounterSale(
                public_id=key,
                warung=warung,
                customer=customer,
                by=by,
                at=moment,
                day=business_day(warung),
                total=total,
                cash=tenders.cash,
                qris=tenders.qris,
                bon=tenders.bon,
                savings=tenders.savings,
                cash_received=tenders.cash_received,
                change=tenders.cash_received - tenders.cash,
                content=content,
                entry=entry,
                short=bool(short),
            )
        )
        CounterSaleLine.objects.bulk_create([_line(sale, one, prices[one.pack_id]) for one in lines])
        SaleShortfall.objects.bulk_create(
            [SaleShortfall(sale=sale, product_id=product, quantity=quantity) for product, quantity in short.items()]
        )
        note_activity()
    return sale


def _checked_total(lines: Sequence[SaleLine], tenders: Tenders) -> int:
    if not lines:
        raise BadSale(_("The basket is empty."))
    if len(lines) > MOST_LINES or len({line.pack_id for line in lines}) != len(lines):
        raise BadSale(_("A sale has at most %(most)s different packs, each on one line.") % {"most": MOST_LINES})
    for line in lines:
        if not 1 <= line.quantity <= MOST_OF_A_PACK:
            raise BadSale(_("Choose a number from 1 to %(most)s.") % {"most": MOST_OF_A_PACK})
        if not 0 < line.price <= MOST_MONEY:
            raise BadSale(_("A price is missing."))
    total = sum(line.quantity * line.price for line in lines)
    if (
        min(tenders.cash, tenders.qris, tenders.bon, tenders.savings) < 0
        or tenders.total != total
        or total > MOST_MONEY
    ):
        raise BadSale(
            _("Cash, QRIS and bon together are %(paid)s, but the goods cost %(total)s.")
            % {"paid": rupiah_text(tenders.total), "total": rupiah_text(total)}
        )
    received = tenders.cash_received
    if not tenders.cash <= received <= MOST_MONEY or (received and not tenders.cash):
        raise BadSale(
            _("The cash received, %(received)s, does not cover the cash part, %(cash)s.")
            % {"received": rupiah_text(received), "cash": rupiah_text(tenders.cash)}
        )
    return total


def _checked_time(at: datetime) -> datetime:
    now = clock.now()
    if at > now + SKEW:
        raise BadSale(_("The sale lies in the future: set the clock of this phone right."))
    if at < now - OLDEST:
        raise BadSale(_("The sale is older than seven days. Count the shelf and the drawer instead."))
    return min(at, now)


def _shown_prices(warung: Warung, lines: Sequence[SaleLine], at: datetime) -> dict[int, WarungPrice]:
    """The price row behind each line: it was in force at that moment, or had been within the day before."""
    wanted = {line.pack_id: line.price for line in lines}
    rows = (
        WarungPrice.objects.select_related("pack__product")
        .filter(Q(replaced_at=None) | Q(replaced_at__gt=at - SHELF_LAG), warung=warung, pack_id__in=wanted)
        .order_by("valid_from", "pk")
    )
    found: dict[int, WarungPrice] = {}
    now: dict[int, int] = {}
    for row in rows:
        if row.replaced_at is None:
            now[row.pack_id] = row.price
        if row.valid_from <= at + SKEW and row.price == wanted[row.pack_id]:
            found[row.pack_id] = row
    odd = [line for line in lines if line.pack_id not in found]
    if odd:
        names = {
            pack.pk: f"{pack.product.name} {pack.label}"
            for pack in Pack.objects.select_related("product").filter(pk__in=[line.pack_id for line in odd])
        }
        told = [
            OddLine(line.pack_id, names.get(line.pack_id, _("unknown goods")), line.price, now.get(line.pack_id))
            for line in odd
        ]
        raise PriceUnknown(
            _("The price was not in force then: %(names)s. Write the sale anew with the price of today.")
            % {"names": ", ".join(one.name for one in told)},
            lines=told,
        )
    return found


def _checked_bon(warung: Warung, customer: BonCustomer | None, bon: int) -> BonCustomer | None:
    """The customer, locked when something is written on their bon and there is room for it."""
    if customer is None:
        if bon:
            raise BadSale(_("Choose whose bon it is."))
        return None
    if customer.warung_id != warung.pk:
        raise BadSale(_("Choose whose bon it is."))
    if not bon:
        return customer
    customer = lock_bon(customer)
    if customer.closed_at is not None:
        raise BonClosed(_("The bon of %(name)s is closed.") % {"name": customer.name})
    owed = account_of_warung(warung, customer.book).amount
    if owed + bon > customer.limit:
        raise OverLimit(
            _("%(name)s owes %(owed)s already and may owe at most %(limit)s: %(room)s more can be written down.")
            % {
                "name": customer.name,
                "owed": rupiah_text(owed),
                "limit": rupiah_text(customer.limit),
                "room": rupiah_text(max(customer.limit - owed, 0)),
            }
        )
    return customer


def _accounts(warung: Warung, tenders: Tenders, customer: BonCustomer | None) -> list[tuple[Account, int]]:
    parts = [("cash", tenders.cash), ("qris", tenders.qris)]
    if customer is not None:
        parts.append((customer.book, tenders.bon))
    return [(account_of_warung(warung, book), amount) for book, amount in parts if amount]


def _line(sale: CounterSale, line: SaleLine, price: WarungPrice) -> CounterSaleLine:
    return CounterSaleLine(
        sale=sale,
        pack=price.pack,
        product=price.pack.product,
        product_name=price.pack.product.name,
        pack_label=price.pack.label,
        base_quantity=price.pack.base_quantity,
        quantity=line.quantity,
        price=line.price,
        market_price=price.market_price,
        amount=line.quantity * line.price,
    )


def _content_of(
    warung: Warung,
    lines: Sequence[SaleLine],
    tenders: Tenders,
    customer: BonCustomer | None,
    agreed: Agreed | None,
) -> str:
    """The same sale has the same content, whenever it is sent."""
    said = [
        warung.pk,
        [[line.pack_id, line.quantity, line.price] for line in lines],
        [tenders.cash, tenders.qris, tenders.bon, tenders.cash_received],
        customer.pk if customer else None,
        *([tenders.savings, agreed.purse.owner] if tenders.savings and agreed else []),
    ]
    return sha256(json.dumps(said).encode()).hexdigest()
