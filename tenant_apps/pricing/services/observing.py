"""What markets ask: written down by somebody, withdrawn when it was wrong, never deleted."""

from __future__ import annotations

from datetime import date

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenant_apps.catalog.models import Product
from tenant_apps.pricing.arithmetic import in_base_units
from tenant_apps.pricing.errors import BadPrice, OtherUnit
from tenant_apps.pricing.models import Market, MarketKind, MarketObservation, ObservationImport, Source
from tenants.context import current_region
from tenants.forms import MOST_RUPIAH
from tenants.kernel import clock

# A price above this is a typing error, whatever it is for.
MOST = MOST_RUPIAH


def observe_market(
    *,
    product: Product,
    market: str,
    observed_on: date,
    per_quantity: int,
    price: int,
    observer: str,
    unit: str | None = None,
    source: Source = Source.SEEN,
    photo: ContentFile[bytes] | None = None,
    imported: ObservationImport | None = None,
) -> MarketObservation:
    """Somebody saw this price: `price` rupiah for `per_quantity` of `unit`, which is the product's base unit unless named.

    Raises:  BadPrice for a price or quantity that is not a positive number, a place without a name, or a day that has not come;
             OtherUnit for a unit that the product's density does not turn into its own.
    Writes:  the observation; the market, when nobody has named it before.
    """
    market = " ".join(market.split())[:120]
    if not 0 < price <= MOST or not 0 < per_quantity <= MOST:
        raise BadPrice(_("Write down a price and a quantity above zero."))
    if not market:
        raise BadPrice(_("Write down where the price was seen."))
    if observed_on > clock.today(current_region().time_zone):
        raise BadPrice(_("That day has not come yet."))
    told = unit or product.base_unit
    quantity = in_base_units(per_quantity, told, base_unit=product.base_unit, density_g_per_l=product.density_g_per_l)
    if quantity is None:
        raise OtherUnit(
            _(
                "%(product)s is counted in %(unit)s. A price in another unit needs the weight of a litre in the catalogue."
            )
            % {"product": product.name, "unit": product.get_base_unit_display()}
        )
    with transaction.atomic():
        observation = MarketObservation(
            product=product,
            market=market,
            place=market_by_name(market),
            observed_on=observed_on,
            per_quantity=quantity,
            price=price,
            observer=observer,
            source=source,
            imported=imported,
            told_quantity=per_quantity if told != product.base_unit else None,
            told_unit=told if told != product.base_unit else "",
        )
        if photo is not None:
            observation.photo.save(photo.name or "photo.jpg", photo, save=False)
        observation.save()
    return observation


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


def market_by_name(name: str) -> Market:
    """The market of this name, known from now on."""
    return Market.objects.get_or_create(name=name)[0]


def save_market(
    *, name: str, kind: MarketKind, village_name: str, address: str, is_active: bool, market: Market | None = None
) -> Market:
    """The market is known by this name from now on; prices that were seen there keep the name that it had.

    Raises:  BadPrice when another market has the name.
    """
    market = market or Market()
    market.name, market.kind = " ".join(name.split())[:120], kind
    market.village_name, market.address, market.is_active = village_name.strip(), address.strip(), is_active
    try:
        with transaction.atomic():
            market.save()
    except IntegrityError as twice:
        raise BadPrice(_("There is a market of this name already.")) from twice
    return market
