"""A pre-order reaches who ordered it, or it does not."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.fresh_buying.errors import BadEntry
from tenant_apps.fresh_buying.locks import lock_goods, lock_preorder
from tenant_apps.fresh_buying.models import PreOrder, PreOrderLine, PreOrderState
from tenant_apps.fresh_buying.services.ordering import give_money_back
from tenant_apps.fresh_buying.services.telling import tell_customer
from tenant_apps.ledger.models import Account
from tenant_apps.ledger.services import Posting, account_of_warung, hold, post
from tenant_apps.payments.accounts import Books
from tenant_apps.payments.models import Method as Pay
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import payment_of, settle
from tenant_apps.stock.services import Line, location_of_warung, release, ship, transfer
from tenant_apps.warungs.models import Warung
from tenants.identity.models import User
from tenants.kernel.errors import StaleDocument
from tenants.kernel.moves import move
from tenants.kernel.units import quantity_text


def hand_over_preorder(
    *, preorder: PreOrder, given: Mapping[int, int], by: str, collector: User | None = None
) -> PreOrder:
    """It is weighed and handed over, and paid by weight: a line costs `price_due × given / base_quantity`, rounded down.

    States:  READY -> HANDED_OVER. Handing over the same again changes nothing.
    Units:   base units by line id; a line that is not named is given as it was shared out.
    Raises:  BadEntry naming the line, and where nothing is given; StaleDocument.
    Writes:  lines, history; stock leaves the stand, or lies on the warung's shelf, and what is left over is on sale there; the
             payment is settled; for a warung, its books; outbox to the customer.
    """
    with transaction.atomic():
        preorder = lock_preorder(preorder)
        moved = move(preorder, "hand_over", by=by)
        lines = list(preorder.lines.order_by("pk"))
        if given.keys() - {line.pk for line in lines}:
            raise BadEntry(_("This has a line that the pre-order does not have. Look at it again."))
        if not moved:
            if any(given.get(line.pk, line.given) != line.given for line in lines):
                raise StaleDocument(_("This was handed over already, with other numbers. Look at it again."))
            return preorder
        for line in lines:
            _give(line, given.get(line.pk, line.allocated or 0))
        goods = sum(line.due or 0 for line in lines)
        if not goods:
            raise BadEntry(_("Nothing is handed over. Call the pre-order off instead, and say why."))
        PreOrderLine.objects.bulk_update(lines, ["given", "due"])
        preorder.goods_due = goods
        preorder.save(update_fields=["goods_due"])
        _move_goods(preorder, lines, by)
        payment = payment_of(preorder.reference)
        assert payment is not None
        own = _own_books(preorder)
        if own:
            hold([*(account for account, _sign in own), *_accounts(payment, collector)])
        settle(payment=payment, goods=goods, delivery=preorder.delivery_fee, by=by, collector=collector)
        if own:
            total = goods + preorder.delivery_fee
            post(
                key=f"{preorder.reference}:own",
                text=_("Pre-order %(number)s") % {"number": preorder.number},
                postings=[Posting(account, sign * total) for account, sign in own],
                by=by,
            )
        tell_customer(preorder, "hand_over")
    return preorder


def call_off_preorder(*, preorder: PreOrder, reason: str, by: str) -> PreOrder:
    """The Satker cannot fill it, or nobody takes it; its share is on sale at the stand.

    States:  PLACED, BUYING, READY -> CALLED_OFF.
    Raises:  BadEntry without a reason.
    Writes:  history; stock is released; what was paid goes back; outbox to the customer.
    """
    reason = reason.strip()[:240]
    if not reason:
        raise BadEntry(_("Write down why; the customer reads it."))
    with transaction.atomic():
        preorder = lock_preorder(preorder)
        was_ready = preorder.state == PreOrderState.READY
        if move(preorder, "call_off", by=by, reason=reason):
            if was_ready:
                shares = [Line(line.product_id, line.allocated) for line in preorder.lines.all() if line.allocated]
                release(location=location_of_warung(preorder.stand), lines=shares, reference=preorder.reference, by=by)
            give_money_back(preorder, by=by, reason=reason)
            tell_customer(preorder, "call_off", reason)
    return preorder


def _give(line: PreOrderLine, quantity: int) -> None:
    share = line.allocated or 0
    if not 0 <= quantity <= share:
        raise BadEntry(
            _("%(product)s: at most %(share)s, its share of what came.")
            % {"product": line.product_name, "share": quantity_text(share, line.base_unit)},
            line_id=line.pk,
        )
    line.given = quantity
    line.due = (line.price_due or 0) * quantity // line.base_quantity


def _move_goods(preorder: PreOrder, lines: list[PreOrderLine], by: str) -> None:
    """Out of the stand's promise: to the customer, onto the warung's shelf, or back on sale."""
    shelf = location_of_warung(preorder.stand)
    gone = [Line(line.product_id, line.given) for line in lines if line.given]
    left = [Line(line.product_id, rest) for line in lines if (rest := (line.allocated or 0) - (line.given or 0))]
    warung = preorder.for_warung
    places = (shelf,) if warung is None else (shelf, location_of_warung(warung))
    lock_goods(places, (line.product_id for line in lines))
    if left:
        release(location=shelf, lines=left, reference=f"{preorder.reference}:left", by=by)
    if warung is None:
        ship(location=shelf, lines=gone, reference=preorder.reference, by=by)
    else:
        transfer(source=shelf, target=places[-1], lines=gone, reference=preorder.reference, by=by)


def _own_books(preorder: PreOrder) -> list[tuple[Account, int]]:
    """What a warung books that ordered for its shelf: goods for cash, or for what its owner put in from the balance."""
    warung: Warung | None = preorder.for_warung
    if warung is None:
        return []
    paid_from = "cash" if preorder.pay == Pay.CASH else "capital"
    return [(account_of_warung(warung, "purchases"), 1), (account_of_warung(warung, paid_from), -1)]


def _accounts(payment: Payment, collector: User | None) -> list[Account]:
    """Every account that the payment's settlement may need, opened before the first entry locks any."""
    books = Books(payment)
    found = [books.of_warung(book) for book in ("sales", "delivery", "payable", "claim")]
    return [*found, books.held, books.payer, books.drawer_or_courier(collector)]
