"""The price guarantee: a selling price is published only with the evidence that it is less than at the market."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from tenant_apps.catalog.models import Pack
from tenant_apps.pricing.errors import AboveCeiling, BadPrice, NoEvidence, PriceNotCheaper
from tenant_apps.pricing.limits import Limit, limits_of
from tenant_apps.pricing.models import PriceRule, WarungPrice, WholesalePrice
from tenant_apps.pricing.services.observing import MOST
from tenant_apps.satker.models import Satker
from tenant_apps.warungs.models import Warung
from tenants.kernel import clock
from tenants.kernel.errors import DomainError
from tenants.kernel.money import rupiah_text


@dataclass(frozen=True)
class Wish:
    """A price that a warung would like to ask for a pack."""

    pack: Pack
    price: int


@dataclass(frozen=True)
class Published:
    """What came of many wishes: prices in force now, and refusals by pack id."""

    prices: list[WarungPrice] = field(default_factory=list)
    refusals: dict[int, DomainError] = field(default_factory=dict)


def publish_prices(*, warung: Warung, wishes: Sequence[Wish], by: str) -> Published:
    """The warung sells these packs at these prices from now on; each is judged for itself, all refusals come back at once.

    Publishing a price that is in force on the same evidence changes nothing. Two wishes for one pack: the last counts.
    Refuses: BadPrice; NoEvidence without a fresh observation; PriceNotCheaper when it does not undercut it enough; AboveCeiling.
    Writes:  the prices with their evidence; those before them end.
    """
    wished = {one.pack.pk: one for one in wishes}
    packs = [one.pack for one in wished.values()]
    prefetch_related_objects(packs, "product")
    done = Published()
    with transaction.atomic():
        # The warung's row is the lock of its prices: two tablets at one counter publish one after the other.
        Warung.objects.select_for_update(no_key=True).get(pk=warung.pk)
        limits = limits_of(packs)
        in_force = WarungPrice.objects.filter(warung=warung, pack__in=packs, replaced_at=None)
        before = {price.pack_id: price for price in in_force}
        moment = clock.now()
        fresh: list[WarungPrice] = []
        for pk, wish in wished.items():
            limit = limits[pk]
            refusal = _refusal(wish, limit)
            if refusal is not None or limit.evidence is None or limit.market_price is None:
                done.refusals[pk] = refusal or _without_evidence(wish.pack, limit)
                continue
            kept = before.get(pk)
            if kept and (kept.price, kept.evidence_id) == (wish.price, limit.evidence.pk):
                done.prices.append(kept)
                continue
            fresh.append(
                WarungPrice(
                    warung=warung,
                    pack=wish.pack,
                    price=wish.price,
                    evidence=limit.evidence,
                    market_price=limit.market_price,
                    by=by,
                    valid_from=moment,
                )
            )
        in_force.filter(pack__in=[price.pack_id for price in fresh]).update(replaced_at=moment)
        done.prices.extend(WarungPrice.objects.bulk_create(fresh))
    return done


def publish_price(*, warung: Warung, pack: Pack, price: int, by: str) -> WarungPrice:
    """The warung sells the pack at this price from now on. Publishing the price that is in force changes nothing.

    Raises:  BadPrice; NoEvidence without a fresh observation; PriceNotCheaper when it does not undercut it enough; AboveCeiling.
    Writes:  the price with its evidence; the one before it ends.
    """
    done = publish_prices(warung=warung, wishes=[Wish(pack, price)], by=by)
    if pack.pk in done.refusals:
        raise done.refusals[pack.pk]
    return done.prices[0]


def _refusal(wish: Wish, limit: Limit) -> DomainError | None:
    if not 0 < wish.price <= MOST:
        return BadPrice(_("Write down a price above zero."))
    if limit.evidence is None or limit.market_price is None:
        return _without_evidence(wish.pack, limit)
    if limit.ceiling is not None and wish.price > limit.ceiling_price:
        return AboveCeiling(
            _("The highest retail price (HET) for %(pack)s is %(highest)s by %(source)s. Nobody may ask more.")
            % {
                "pack": wish.pack.label,
                "highest": rupiah_text(limit.ceiling_price),
                "source": limit.ceiling.source,
            },
            highest=limit.ceiling_price,
        )
    if wish.price > limit.guaranteed:
        return PriceNotCheaper(
            _("%(market)s asks %(theirs)s for %(pack)s. The guarantee allows %(highest)s at most.")
            % {
                "market": limit.evidence.market,
                "theirs": rupiah_text(limit.market_price),
                "pack": wish.pack.label,
                "highest": rupiah_text(max(limit.guaranteed, 0)),
            },
            highest=limit.guaranteed,
        )
    return None


def _without_evidence(pack: Pack, limit: Limit) -> NoEvidence:
    return NoEvidence(
        _("Nobody has seen a market price for %(product)s in the last %(days)s days. Ask the Satker to write one down.")
        % {"product": pack.product.name, "days": limit.rule.freshness_days}
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


def set_price_rule(
    *, minimum_saving: int, minimum_percent: int, freshness_days: int, claim_days: int | None = None
) -> PriceRule:
    """How this region understands "cheaper than the market" from now on.

    `claim_days` stays as it is where nobody names it.
    Raises:  BadPrice for a rule that promises nothing.
    """
    if not 1 <= minimum_saving <= MOST or not 0 <= minimum_percent < 100 or not 1 <= freshness_days <= 365:
        raise BadPrice(_("A guarantee saves at least one rupiah, and its evidence is at most a year old."))
    if claim_days is not None and not 1 <= claim_days <= 90:
        raise BadPrice(_("A claim can be made for 1 to 90 days."))
    kept = {} if claim_days is None else {"claim_days": claim_days}
    rule, _fresh = PriceRule.objects.update_or_create(
        only=True,
        defaults={
            "minimum_saving": minimum_saving,
            "minimum_percent": minimum_percent,
            "freshness_days": freshness_days,
            **kept,
        },
    )
    return rule
