"""Goods go to the warungs: loaded, handed over and signed for, or brought back because nobody was there."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from tenant_apps.ledger.services import Posting, account_of_satker, account_of_warung, hold, post
from tenant_apps.procurement.agreed import nearest
from tenant_apps.procurement.errors import BadPacks, NotSigned
from tenant_apps.procurement.locks import lock_cycle, lock_goods
from tenant_apps.procurement.models import Cycle, CycleState, HandOver, HandOverLine, HandOverState, SignedBy
from tenant_apps.procurement.services.advancing import advance
from tenant_apps.procurement.services.announcing_goods import tell_of_goods
from tenant_apps.procurement.services.paying import open_debts, take_payment
from tenant_apps.stock.services import Line, location_of_satker, location_of_warung, release, reserve, transfer
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.moves import move

# A drawing of 600 × 200: moves and lines between whole points.
SIGNATURE = re.compile(r"(?:[ML][0-9]{1,3} [0-9]{1,3}){2,1500}")
# After so many wrong codes only a signature counts.
MOST_WRONG = 5


@dataclass(frozen=True)
class Signed:
    """Who signed, and by what: a drawing, or the code that the warung's app shows."""

    name: str
    signature: str = ""
    code: str = ""


def load(*, hand_overs: Iterable[HandOver], by: str) -> int:
    """These are on the lorry. Loading twice changes nothing. Returns how many have just left.

    States:  PICKING -> ON_THE_WAY; those that are elsewhere stay there.
    Writes:  history; outbox to the owners.
    """
    wanted = list(hand_overs)
    if not wanted:
        return 0
    with transaction.atomic():
        for cycle in Cycle.objects.filter(pk__in={one.cycle_id for one in wanted}).order_by("pk"):
            lock_cycle(cycle)
        rows = HandOver.objects.select_related("cycle").filter(pk__in=[one.pk for one in wanted]).order_by("pk")
        left = [one for one in rows.filter(state=HandOverState.PICKING) if move(one, "load", by=by)]
        tell_of_goods(left, "load")
    return len(left)


def hand_over(
    *,
    document: HandOver,
    key: UUID,
    handed: Mapping[int, int],
    signed: Signed,
    by: str,
    reasons: Mapping[int, str] | None = None,
    paid: int = 0,
) -> HandOver:
    """The warung has what it signed for, and owes that; the rest is the Satker's again. The same key changes nothing.

    States:  PICKING, ON_THE_WAY -> HANDED_OVER.
    Units:   units by line id, for every line; `paid`: rupiah in cash.
    Raises:  NotSigned; BadPacks, naming the line, for more than was set aside, or less without a reason; BadPayment for more
             than is owed; StaleDocument when it was handed over with another key, or brought back.
    Writes:  lines, history; stock moves from the Satker to the warung or is released; books; outbox to the owner.
    """
    _must_be_signed(document, key, signed)
    with transaction.atomic():
        cycle, document = _locked(document)
        if document.state == HandOverState.HANDED_OVER and document.key == key:
            return document
        if document.is_ended:
            raise StaleDocument(_("These goods were handed over or brought back already. Look at it again."))
        lines = list(document.lines.all())
        _count(lines, handed, reasons or {})
        HandOverLine.objects.bulk_update(lines, ["handed", "handed_base", "handed_amount", "reason"])
        document.key, document.total = key, sum(line.handed_amount for line in lines)
        document.signed_by = " ".join(signed.name.split())[:120]
        document.signed_how = SignedBy.CODE if signed.code else SignedBy.SIGNATURE
        document.signature = "" if signed.code else signed.signature
        # Before the move: the database takes no state "handed over" without a signature.
        document.save(update_fields=["key", "total", "signed_by", "signed_how", "signature"])
        move(document, "hand_over", by=by)
        _move_goods(cycle, document, lines, by)
        if document.total or paid:
            _book(cycle, document, by)
        if paid:
            take_payment(
                warung=document.warung,
                key=uuid5(key, "paid"),
                amount=paid,
                paid_on=clock.today(current_region().time_zone),
                hand_over=document,
                by=by,
            )
        tell_of_goods([document], "hand_over")
        advance(cycle, by=by)
    return document


def miss(*, document: HandOver, reason: str, by: str) -> HandOver:
    """Nobody was there; the goods are back in the Satker's store, and nobody's. Twice changes nothing.

    States:  PICKING, ON_THE_WAY -> NOT_MET.
    Writes:  history; stock is released at the Satker; outbox to the owner.
    """
    with transaction.atomic():
        cycle, document = _locked(document)
        if move(document, "miss", by=by, reason=reason.strip()[:240]):
            release(
                location=location_of_satker(cycle.satker),
                lines=[Line(line.product_id, line.base_quantity) for line in document.lines.all()],
                reference=document.reference_of_try,
                by=by,
            )
            tell_of_goods([document], "miss")
            advance(cycle, by=by)
    return document


def bring_again(*, document: HandOver, by: str) -> HandOver:
    """The goods are set aside once more, with a new code. Twice changes nothing.

    States:  NOT_MET -> PICKING, until the cycle is settled.
    Raises:  StockShort where they lie there no more; StaleDocument.
    Writes:  history; stock is reserved at the Satker; outbox to the owner.
    """
    with transaction.atomic():
        cycle, document = _locked(document)
        if move(document, "again", by=by):
            document.attempt += 1
            document.code, document.wrong_codes = f"{secrets.randbelow(1_000_000):06}", 0
            document.save(update_fields=["attempt", "code", "wrong_codes"])
            reserve(
                location=location_of_satker(cycle.satker),
                lines=[Line(line.product_id, line.base_quantity) for line in document.lines.all()],
                reference=document.reference_of_try,
                by=by,
            )
            tell_of_goods([document], "plan")
    return document


def _locked(document: HandOver) -> tuple[Cycle, HandOver]:
    cycle = lock_cycle(document.cycle)
    if cycle.state not in (CycleState.RECEIVING, CycleState.DISTRIBUTED):
        raise StaleDocument(_("This cycle is settled. Look at it again."))
    return cycle, HandOver.objects.select_related("warung__owner", "cycle").get(pk=document.pk)


def _must_be_signed(document: HandOver, key: UUID, signed: Signed) -> None:
    """A wrong code is counted even though nothing else happens."""
    if not signed.name.strip():
        raise NotSigned(_("Write down the name of who takes the goods."))
    if not signed.code:
        if not SIGNATURE.fullmatch(signed.signature):
            raise NotSigned(_("Have it signed, or type the code that the warung's app shows."))
        return
    with transaction.atomic():
        now = HandOver.objects.select_for_update(no_key=True).get(pk=document.pk)
        if now.key == key:
            return
        tries = now.wrong_codes < MOST_WRONG
        right = tries and secrets.compare_digest(now.code.encode(), signed.code.strip().encode())
        if not right:
            HandOver.objects.filter(pk=now.pk, wrong_codes__lt=MOST_WRONG).update(wrong_codes=F("wrong_codes") + 1)
    if not tries:
        raise NotSigned(_("Too many wrong codes. Have it signed instead."))
    if not right:
        raise NotSigned(_("That is not the code that the warung's app shows."))


def _count(lines: Iterable[HandOverLine], handed: Mapping[int, int], reasons: Mapping[int, str]) -> None:
    lines = list(lines)
    if handed.keys() - {line.pk for line in lines}:
        raise BadPacks(_("This has a line that was not brought. Look at it again."))
    for line in lines:
        units = handed.get(line.pk, -1)
        if not 0 <= units <= line.units:
            raise BadPacks(
                _("%(product)s: write down a number from 0 to %(most)s.")
                % {"product": line.product_name, "most": line.units},
                line_id=line.pk,
            )
        reason = reasons.get(line.pk, "").strip()[:240]
        if units < line.units and not reason:
            raise BadPacks(
                _("%(product)s: write down why not all of it was taken.") % {"product": line.product_name},
                line_id=line.pk,
            )
        line.handed, line.reason = units, reason if units < line.units else ""
        line.handed_base = nearest(line.base_quantity * units, line.units)
        line.handed_amount = nearest(line.amount * units, line.units)


def _move_goods(cycle: Cycle, document: HandOver, lines: list[HandOverLine], by: str) -> None:
    store, shelf = location_of_satker(cycle.satker), location_of_warung(document.warung)
    lock_goods((store, shelf), (line.product_id for line in lines))
    packs = {good.product_id: good.base_quantity for good in cycle.goods.all()}
    taken = [
        # Weighed goods travel loose.
        Line(
            line.product_id,
            line.handed_base,
            sealed_in=line.pack_id if line.handed_base == line.handed * packs[line.product_id] else None,
        )
        for line in lines
        if line.handed_base
    ]
    left = [
        Line(line.product_id, line.base_quantity - line.handed_base)
        for line in lines
        if line.base_quantity > line.handed_base
    ]
    if taken:
        transfer(source=store, target=shelf, lines=taken, reference=document.reference_of_try, by=by)
    if left:
        release(location=store, lines=left, reference=document.reference_of_try, by=by)


def _book(cycle: Cycle, document: HandOver, by: str) -> None:
    """The warung has goods and a debt, the Satker a claim and a sale. All accounts are held before the first is moved."""
    sales = account_of_satker(cycle.satker, "sales")
    purchases = account_of_warung(document.warung, "purchases")
    debt, owed = open_debts(document.warung)
    money = [account_of_satker(cycle.satker, "cash"), account_of_warung(document.warung, "cash")]
    hold([sales, purchases, debt, owed, *money])
    if not document.total:
        return
    post(
        key=document.reference,
        text=_("Goods of cycle %(cycle)s, hand-over %(number)s") % {"cycle": cycle.number, "number": document.number},
        postings=[
            Posting(purchases, document.total),
            Posting(debt, -document.total),
            Posting(owed, document.total),
            Posting(sales, -document.total),
        ],
        by=by,
    )
