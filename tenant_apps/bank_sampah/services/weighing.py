"""Waste becomes savings; and a slip that was wrong is taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.bank_sampah.errors import BadEntry, NotTaken, SlipSpent, WasteGone
from tenant_apps.bank_sampah.locks import lock_book, lock_deposit, lock_lots, lots_of_day
from tenant_apps.bank_sampah.models import (
    Deposit,
    DepositLine,
    DepositState,
    Lot,
    LotMoveKind,
    LotMovement,
    SavingsBook,
    WasteGrade,
    WasteUnit,
)
from tenant_apps.bank_sampah.reckoning import cost_of, share_of, value_of
from tenant_apps.bank_sampah.selectors.prices import prices_for_members, terms_on
from tenant_apps.bank_sampah.services.accounts import of_book, of_unit
from tenant_apps.bank_sampah.services.standing import must_be_active
from tenant_apps.bank_sampah.services.telling import tell_of_slip
from tenant_apps.ledger.models import Account
from tenant_apps.ledger.services import Posting, hold, post, reverse
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.money import rupiah_text
from tenants.kernel.numbers import save_numbered
from tenants.kernel.units import quantity_text

# Of one line: a tonne, or so many pieces. What is more is a typing error.
MOST = 1_000_000
MOST_LINES = 40


@dataclass(frozen=True)
class Weighed:
    """So many grams or pieces of a grade."""

    grade: WasteGrade
    quantity: int


@dataclass(frozen=True)
class PricedLine:
    """What a line is worth: `price` for a kilogram or a piece, `value` in rupiah."""

    grade: WasteGrade
    quantity: int
    price: int
    value: int


@dataclass(frozen=True)
class Slip:
    """What a slip would say. `share` is the committee's."""

    lines: tuple[PricedLine, ...]
    value: int
    share: int
    share_bps: int

    @property
    def saved(self) -> int:
        return self.value - self.share


def price_slip(*, unit: WasteUnit, lines: Iterable[Weighed]) -> Slip:
    """What these lines are worth now, each grade once.

    Raises:  BadEntry for numbers that cannot be; NotTaken where the unit takes no such waste.
    """
    amounts: dict[WasteGrade, int] = {}
    for one in lines:
        if not 0 < one.quantity <= MOST:
            raise BadEntry(_("Write down how much it weighs: up to a tonne, or up to 1.000.000 pieces."))
        amounts[one.grade] = amounts.get(one.grade, 0) + one.quantity
    if not amounts:
        raise BadEntry(_("Nothing is weighed yet."))
    if len(amounts) > MOST_LINES or max(amounts.values()) > MOST:
        raise BadEntry(_("That is too much for one slip. Write two."))
    if not unit.is_open:
        raise NotTaken(_("%(unit)s takes no waste at the moment.") % {"unit": unit.name})
    prices = prices_for_members(unit, (grade.pk for grade in amounts))
    refused = [grade for grade in amounts if grade.pk not in prices or not (grade.is_taken and grade.type.is_taken)]
    if refused:
        names = ", ".join(sorted(str(grade) for grade in refused))
        raise NotTaken(_("Not taken, or without a price: %(names)s.") % {"names": names})
    priced = tuple(
        PricedLine(grade, quantity, prices[grade.pk], value_of(quantity, prices[grade.pk], grade.type.per))
        for grade, quantity in sorted(amounts.items(), key=lambda pair: (pair[0].type.code, pair[0].pk))
    )
    value, bps = sum(line.value for line in priced), terms_on().share_bps
    return Slip(priced, value, share_of(value, bps), bps)


def weigh_in(*, unit: WasteUnit, book: SavingsBook, key: UUID, lines: Iterable[Weighed], by: str) -> Deposit:
    """What was weighed is saved, once for its `key`.

    States:  -> SAVED.
    Raises:  BadEntry; NotTaken; MemberClosed.
    Writes:  the slip and its lines, movements of the day's lots, one entry.
    """
    weighed = list(lines)
    with transaction.atomic():
        book = lock_book(book)
        before = Deposit.objects.filter(key=key).first()
        if before is not None:
            _must_be_same(before, unit, book, weighed)
            return before
        must_be_active(book.member)
        slip = price_slip(unit=unit, lines=weighed)
        if slip.saved <= 0:
            raise BadEntry(_("That is worth less than a rupiah."))
        now, today = clock.now(), clock.today(current_region().time_zone)
        grams = sum(line.grade.type.grams(line.quantity) for line in slip.lines)
        lots = lots_of_day(unit, ((unit.pk, line.grade.pk) for line in slip.lines), today)
        stock, committee = of_unit(unit, "stock"), of_unit(unit, "committee")
        entry = post(
            key=f"deposit:{key}",
            text=_("Waste weighed in: %(weight)s") % {"weight": quantity_text(grams, "g")},
            postings=[
                Posting(stock, slip.value),
                Posting(of_book(book), -slip.saved),
                Posting(committee, -slip.share),
            ],
            by=by,
        )
        made = save_numbered(
            Deposit(
                key=key,
                unit=unit,
                book=book,
                at=now,
                day=today,
                by=by,
                grams=grams,
                value=slip.value,
                share_bps=slip.share_bps,
                share=slip.share,
                entry=entry,
            )
        )
        DepositLine.objects.bulk_create(
            DepositLine(
                deposit=made,
                grade=line.grade,
                lot=lots[unit.pk, line.grade.pk],
                name=str(line.grade),
                measure=line.grade.type.measure,
                quantity=line.quantity,
                price=line.price,
                value=line.value,
            )
            for line in slip.lines
        )
        LotMovement.objects.bulk_create(
            LotMovement(
                lot=lots[unit.pk, line.grade.pk],
                kind=LotMoveKind.WEIGHED_IN,
                quantity=line.quantity,
                cost=line.value,
                reference=made.reference,
                by=by,
                at=now,
            )
            for line in slip.lines
        )
        tell_of_slip(made)
    return made


def take_back(*, deposit: Deposit, reason: str, by: str) -> Deposit:
    """The slip was wrong: its savings and its waste are taken out again, as a whole.

    States:  SAVED -> REVERSED. Taking back twice changes nothing.
    Raises:  BadEntry without a reason; SlipSpent when the savings, or the committee's share, are no longer there; WasteGone when
             the waste has been sent, sorted or sold.
    Writes:  the slip's end, movements of its lots, the reversing entry, and one for what the lots' cost differs.
    """
    reason = reason.strip()[:240]
    if not reason:
        raise BadEntry(_("Write down why the slip is taken back."))
    with transaction.atomic():
        lock_book(deposit.book)
        deposit = lock_deposit(deposit)
        if deposit.state == DepositState.REVERSED:
            return deposit
        lines = list(deposit.lines.select_related("grade__type").order_by("pk"))
        lots = {lot.pk: lot for lot in lock_lots(line.lot_id for line in lines)}
        _waste_must_be_there(lines, lots)
        costs = {line.pk: cost_of(line.quantity, lots[line.lot_id].on_hand, lots[line.lot_id].cost) for line in lines}
        stock, committee = of_unit(deposit.unit, "stock"), of_unit(deposit.unit, "committee")
        cost = of_unit(deposit.unit, "cost")
        savings = of_book(deposit.book)
        hold([stock, committee, cost, savings])
        _money_must_be_there(deposit, savings, committee)
        now = clock.now()
        LotMovement.objects.bulk_create(
            LotMovement(
                lot=lots[line.lot_id],
                kind=LotMoveKind.REVERSED,
                quantity=-line.quantity,
                cost=-costs[line.pk],
                reference=deposit.reference,
                by=by,
                at=now,
            )
            for line in lines
        )
        differs = deposit.value - sum(costs.values())
        if differs:
            # Other slips of the day had other prices, or a part of the lot left: its cost is an average.
            post(
                key=f"deposit:{deposit.key}:cost",
                text=_("Cost of slip %(number)s differs from its lots") % {"number": deposit.number},
                postings=[Posting(stock, differs), Posting(cost, -differs)],
                by=by,
            )
        reverse(
            entry=deposit.entry,
            key=f"deposit:{deposit.key}:back",
            text=_("Slip %(number)s taken back: %(reason)s") % {"number": deposit.number, "reason": reason},
            by=by,
        )
        Deposit.objects.filter(pk=deposit.pk).update(
            state=DepositState.REVERSED, reversed_at=now, reversed_by=by, reason=reason
        )
        deposit.refresh_from_db()
        tell_of_slip(deposit)
    return deposit


def _must_be_same(before: Deposit, unit: WasteUnit, book: SavingsBook, weighed: list[Weighed]) -> None:
    amounts: dict[int, int] = {}
    for one in weighed:
        amounts[one.grade.pk] = amounts.get(one.grade.pk, 0) + one.quantity
    same = (before.unit_id, before.book_id) == (unit.pk, book.pk)
    if not same or dict(before.lines.values_list("grade", "quantity")) != amounts:
        raise BadEntry(_("This was weighed in before with other amounts. Begin a new slip."))


def _waste_must_be_there(lines: list[DepositLine], lots: dict[int, Lot]) -> None:
    gone = [line.name for line in lines if lots[line.lot_id].on_hand < line.quantity]
    if gone:
        raise WasteGone(
            _("Waste of this slip has left the store already: %(names)s. What is sold or sent cannot be taken back.")
            % {"names": ", ".join(gone)}
        )


def _money_must_be_there(deposit: Deposit, savings: Account, committee: Account) -> None:
    """Said kindly before the ledger refuses it; both accounts are held."""
    savings.refresh_from_db(fields=["balance"])
    committee.refresh_from_db(fields=["balance"])
    if savings.amount < deposit.saved:
        raise SlipSpent(
            _(
                "%(saved)s of this slip were saved, and the book holds %(left)s: the rest is spent or set aside for a"
                " payout. The slip cannot be taken back until the book holds as much again."
            )
            % {"saved": rupiah_text(deposit.saved), "left": rupiah_text(savings.amount)}
        )
    if committee.amount < deposit.share:
        raise SlipSpent(
            _("The committee's share of this slip, %(share)s, has been paid out. It has to come back first.")
            % {"share": rupiah_text(deposit.share)}
        )
