"""The price guarantee: a selling price is published only with the evidence that it is less than at the market."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.catalog.models import Pack, Product
from tenant_apps.pricing.arithmetic import highest_price, market_price_for
from tenant_apps.pricing.errors import BadPrice, NoEvidence, PriceNotCheaper
from tenant_apps.pricing.models import MarketObservation, PriceRule, WarungPrice, WholesalePrice
from tenant_apps.pricing.selectors import evidence_for, price_rule
from tenant_apps.satker.models import Satker
from tenant_apps.warungs.models import Warung
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.money import rupiah_text

# A price above this is a typing error, whatever it is for.
MOST = 1_000_000_000


def observe_market(
    *, product: Product, market: str, observed_on: date, per_quantity: int, price: int, observer: str
) -> MarketObservation:
    """Somebody saw this price: `price` rupiah for `per_quantity` base units.

    Raises:  BadPrice for a price or quantity that is not a positive number, or for a day that has not come.
    """
    if not 0 < price <= MOST or not 0 < per_quantity <= MOST:
        raise BadPrice(_("Write down a price and a quantity above zero."))
    if observed_on > clock.today(current_region().time_zone):
        raise BadPrice(_("That day has not come yet."))
    return MarketObservation.objects.create(
        product=product,
        market=market.strip(),
        observed_on=observed_on,
        per_quantity=per_quantity,
        price=price,
        observer=observer,
    )


def withdraw_observation(*, observation: MarketObservation, reason: str, by: str) -> bool:
    """The market price was written down wrongly and is no evidence any more. It stays, with the reason; False if it was so.

    Raises:  BadPrice without a reason.
    """
    reason = reason.strip()
    if not reason:
        raise BadPrice(_("Write down why the price is wrong."))
    return bool(
        MarketObservation.objects.filter(pk=observation.pk, withdrawn_at=None).update(
            withdrawn_at=clock.now(), withdrawn_by=by, withdrawn_reason=reason[:240]
        )
    )


def publish_price(*, warung: Warung, pack: Pack, price: int, by: str) -> WarungPrice:
    """The warung sells the pack at this price from now on. Publishing the price that is in force changes nothing.

    Raises:  BadPrice; NoEvidence without a fresh observation; PriceNotCheaper when it does not undercut it enough.
    Writes:  the price with its evidence; the one before it ends.
    """
    if not 0 < price <= MOST:
        raise BadPrice(_("Write down a price above zero."))
    rule = price_rule()
    evidence = evidence_for(pack.product_id, rule)
    if evidence is None:
        raise NoEvidence(
            _(
                "Nobody has seen a market price for %(product)s in the last %(days)s days. Ask the Satker to write one down."
            )
            % {"product": pack.product.name, "days": rule.freshness_days}
        )
    market_price = market_price_for(evidence, pack)
    highest = highest_price(market_price=market_price, rule=rule)
    if price > highest:
        raise PriceNotCheaper(
            _("%(market)s asks %(theirs)s for %(pack)s. The guarantee allows %(highest)s at most.")
            % {
                "market": evidence.market,
                "theirs": rupiah_text(market_price),
                "pack": pack.label,
                "highest": rupiah_text(max(highest, 0)),
            },
            highest=highest,
        )
    with transaction.atomic():
        # The warung's row is the lock of its prices: two tablets at one counter publish one after the other.
        Warung.objects.select_for_update(no_key=True).get(pk=warung.pk)
        before = WarungPrice.objects.filter(warung=warung, pack=pack, replaced_at=None).first()
        if before and (before.price, before.evidence_id) == (price, evidence.pk):
            return before
        moment = clock.now()
        WarungPrice.objects.filter(warung=warung, pack=pack, replaced_at=None).update(replaced_at=moment)
        return WarungPrice.objects.create(
            warung=warung,
            pack=pack,
            price=price,
            evidence=evidence,
            market_price=market_price,
            by=by,
            valid_from=moment,
        )


def withdraw_price(*, warung: Warung, pack: Pack) -> bool:
    """The warung no longer offers the pack. False if it did not."""
    return bool(WarungPrice.objects.filter(warung=warung, pack=pack, replaced_at=None).update(replaced_at=clock.now()))


def set_wholesale_price(*, satker: Satker, pack: Pack, price: int, by: str) -> WholesalePrice:
    """The Satker asks this much of warungs for the pack from now on. Setting the price in force changes nothing.

    Raises:  BadPrice.
    """
    if not 0 < price <= MOST:
        raise BadPrice(_("Write down a price above zero."))
    with transaction.atomic():
        Satker.objects.select_for_update(no_key=True).get(pk=satker.pk)
        before = WholesalePrice.objects.filter(satker=satker, pack=pack, replaced_at=None).first()
        if before and before.price == price:
            return before
        moment = clock.now()
        WholesalePrice.objects.filter(satker=satker, pack=pack, replaced_at=None).update(replaced_at=moment)
        return WholesalePrice.objects.create(satker=satker, pack=pack, price=price, by=by, valid_from=moment)


def withdraw_wholesale_price(*, satker: Satker, pack: Pack) -> bool:
    """The Satker no longer offers the pack to warungs. False if it did not."""
    rows = WholesalePrice.objects.filter(satker=satker, pack=pack, replaced_at=None)
    return bool(rows.update(replaced_at=clock.now()))


def set_price_rule(*, minimum_saving: int, minimum_percent: int, freshness_days: int) -> PriceRule:
    """How this region understands "cheaper than the market" from now on.

    Raises:  BadPrice for a rule that promises nothing.
    """
    if not 1 <= minimum_saving <= MOST or not 0 <= minimum_percent < 100 or not 1 <= freshness_days <= 365:
        raise BadPrice(_("A guarantee saves at least one rupiah, and its evidence is at most a year old."))
    rule, _fresh = PriceRule.objects.update_or_create(
        only=True,
        defaults={
            "minimum_saving": minimum_saving,
            "minimum_percent": minimum_percent,
            "freshness_days": freshness_days,
        },
    )
    return rule
