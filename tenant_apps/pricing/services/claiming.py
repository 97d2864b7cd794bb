"""A citizen saw it cheaper elsewhere: the claim, the decision, and the difference on their balance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenant_apps.catalog.models import Product
from tenant_apps.ledger.services import Posting, account_of_citizen, account_of_region, post
from tenant_apps.pricing.arithmetic import difference
from tenant_apps.pricing.errors import BadPrice, ClaimedBefore, NotBought, NotLess
from tenant_apps.pricing.models import ClaimState, PriceClaim, Source
from tenant_apps.pricing.purchases import BoughtLine, bought_lines, purchases
from tenant_apps.pricing.selectors import price_rule
from tenant_apps.pricing.services.observing import MOST, observe_market
from tenant_apps.pricing.services.telling import tell_claimant
from tenants.context import current_region
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.money import rupiah_text
from tenants.kernel.moves import Step, move


def claimable_lines(user: User) -> Sequence[BoughtLine]:
    """The person's own lines that were handed over lately and have no claim yet, newest first."""
    until = clock.now()
    lines = bought_lines(user=user, since=until - timedelta(days=price_rule().claim_days), until=until)
    taken = PriceClaim.objects.filter(line__in=[one.line for one in lines]).exclude(state=ClaimState.WITHDRAWN)
    claimed = set(taken.values_list("line", flat=True))
    return [one for one in lines if one.line not in claimed]


def submit_claim(
    *,
    user: User,
    line: str,
    market: str,
    seen_on: date,
    per_quantity: int,
    price: int,
    photo: ContentFile[bytes],
    note: str = "",
) -> PriceClaim:
    """The person says that this bought line costs less elsewhere: `price` rupiah for `per_quantity` base units.

    States:  -> SUBMITTED. The amount is what the whole line would have cost less there, never more than was paid.
    Raises:  NotBought unless it is their own line, handed over within the rule's days; ClaimedBefore; NotLess; BadPrice for
             numbers that are not positive, a place without a name, or a day outside of these days.
    Writes:  the claim with its photo, a history row.
    """
    market = " ".join(market.split())[:120]
    if not 0 < price <= MOST or not 0 < per_quantity <= MOST:
        raise BadPrice(_("Write down a price and a quantity above zero."))
    if not market:
        raise BadPrice(_("Write down where the price was seen."))
    days = price_rule().claim_days
    until = clock.now()
    bought = next(
        (one for one in bought_lines(user=user, since=until - timedelta(days=days), until=until) if one.line == line),
        None,
    )
    if bought is None:
        raise NotBought(
            _("Only what you received in the last %(days)s days can be claimed, and each purchase once.")
            % {"days": days}
        )
    today = clock.today(current_region().time_zone)
    if not today - timedelta(days=2 * days) <= seen_on <= today:
        raise BadPrice(_("Choose the day on which you saw the price, around the day of your purchase."))
    amount = difference(paid=bought.paid, bought=bought.base_quantity, price=price, per_quantity=per_quantity)
    if amount < 1:
        raise NotLess(
            _("You paid %(paid)s for this, and it would have cost %(there)s there. That is not less.")
            % {"paid": rupiah_text(bought.paid), "there": rupiah_text(bought.paid - amount)}
        )
    try:
        with transaction.atomic():
            claim = PriceClaim(
                user=user,
                line=bought.line,
                document=bought.document,
                product_id=bought.product_id,
                product_name=bought.product_name,
                pack_label=bought.pack_label,
                base_quantity=bought.base_quantity,
                paid=bought.paid,
                bought_at=bought.bought_at,
                market=market,
                seen_on=seen_on,
                per_quantity=per_quantity,
                price=price,
                note=note.strip()[:240],
                amount=amount,
            )
            if PriceClaim.objects.filter(line=bought.line).exclude(state=ClaimState.WITHDRAWN).exists():
                raise ClaimedBefore(_("You have claimed this purchase before."))
            claim.photo.save(photo.name or "proof.jpg", photo, save=False)
            claim.save()
            claim.record_move(Step("submit", "", ClaimState.SUBMITTED, user.actor, ""))
    except IntegrityError as twice:
        if "claim_once_per_line" not in str(twice):
            raise
        raise ClaimedBefore(_("You have claimed this purchase before.")) from twice
    return claim


def accept_claim(*, claim: PriceClaim, by: str, observer: str = "", as_evidence: bool = False) -> PriceClaim:
    """The claimed difference stands on the person's balance; with `as_evidence` the price also counts as a market price.

    States:  SUBMITTED -> ACCEPTED. Accepting twice changes nothing.
    Raises:  StaleDocument if it was decided otherwise; NotBought when part of the line was brought back meanwhile.
    Writes:  one journal entry (debit region:guarantee, credit citizen:<id>:balance), a history row, an observation if asked,
             news to the person.
    """
    with transaction.atomic():
        if move(claim, "accept", by=by):
            _must_be_kept(claim)
            entry = post(
                key=f"claim:{claim.public_id}",
                text=_("Price guarantee: %(product)s, order %(document)s")
                % {"product": claim.product_name, "document": claim.document},
                postings=[
                    Posting(account_of_region("guarantee"), claim.amount),
                    Posting(account_of_citizen(claim.user), -claim.amount),
                ],
                by=by,
            )
            PriceClaim.objects.filter(pk=claim.pk).update(entry=entry)
            claim.entry = entry
            if as_evidence:
                observe_market(
                    product=Product.objects.get(pk=claim.product_id),
                    market=claim.market,
                    observed_on=claim.seen_on,
                    per_quantity=claim.per_quantity,
                    price=claim.price,
                    observer=observer,
                    source=Source.CLAIM,
                )
            tell_claimant(claim)
    return claim


def _must_be_kept(claim: PriceClaim) -> None:
    """Nobody gets the difference for what they brought back."""
    lines = purchases().lines_of(user=claim.user, document=claim.document)
    kept = next((one for one in lines if one.line == claim.line), None)
    if kept is None or (kept.base_quantity, kept.paid) != (claim.base_quantity, claim.paid):
        raise NotBought(_("Part of this purchase was brought back since, so it cannot be paid. Reject the claim."))


def reject_claim(*, claim: PriceClaim, reason: str, by: str) -> PriceClaim:
    """The claim is not paid, for a reason that the person reads.

    States:  SUBMITTED -> REJECTED. Rejecting twice changes nothing.
    Raises:  BadPrice without a reason; StaleDocument if it was decided otherwise.
    Writes:  a history row, news to the person.
    """
    reason = reason.strip()[:240]
    if not reason:
        raise BadPrice(_("Write down why the claim is rejected."))
    with transaction.atomic():
        if move(claim, "reject", by=by, reason=reason):
            PriceClaim.objects.filter(pk=claim.pk).update(decision=reason)
            claim.decision = reason
            tell_claimant(claim)
    return claim


def withdraw_claim(*, claim: PriceClaim, by: str) -> PriceClaim:
    """The person takes the claim back; the line may be claimed anew.

    States:  SUBMITTED -> WITHDRAWN.
    Raises:  StaleDocument if it was decided.
    """
    with transaction.atomic():
        move(claim, "withdraw", by=by)
    return claim
