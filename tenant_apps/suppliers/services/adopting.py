"""Buying a supplier's article as one of our products, for a while or no longer."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from shared_apps.supplier_catalog.models import ArticlePack, Offer
from tenant_apps.catalog.barcodes import is_barcode
from tenant_apps.catalog.models import Category, Kind, Pack, Product, Use
from tenant_apps.catalog.services import PackDraft, save_product
from tenant_apps.suppliers.content import content_of
from tenant_apps.suppliers.errors import AlreadyAdopted, NotOfferedHere, NotTraded, ReasonMissing
from tenant_apps.suppliers.facts import first_price
from tenant_apps.suppliers.locks import lock_adoption
from tenant_apps.suppliers.models import Adoption, AdoptionChange, AdoptionState, ChangeState
from tenant_apps.suppliers.selectors import WAITING, offers_here
from tenant_apps.suppliers.services.finding import look_again
from tenants.kernel import clock
from tenants.kernel.moves import move
from tenants.kernel.units import BaseUnit

# What a new product is sold in until somebody writes down better packs.
_SMALLEST: dict[str, tuple[str, int]] = {
    BaseUnit.GRAM: ("kg", 1_000),
    BaseUnit.MILLILITRE: ("L", 1_000),
    BaseUnit.PIECE: ("pcs", 1),
}


def adopt(*, offer: Offer, product: Product, base_quantity: int | None = None, by: str) -> Adoption:
    """The region buys this article as this product, on the terms of the offer. Doing it twice changes nothing.

    Units:   `base_quantity` is base units of the product in one pack; see `content.content_of`.
    Raises:  NotOfferedHere; AlreadyAdopted as another product; NotTraded; BadContent.
    Writes:  the adoption, with a history row.
    """
    with transaction.atomic():
        counting = _counting(offer)
        known = _adopted(counting)
        if known is None:
            if not product.is_active:
                raise NotTraded(_("%(product)s is not traded here any more.") % {"product": product.name})
            content = content_of(counting, product, base_quantity)
            try:
                with transaction.atomic():
                    return _new(counting, product, content, by)
            except IntegrityError as twice:
                if "adoption_once" not in str(twice):
                    raise
                known = _adopted(counting)
        if known is None or known.product_id != product.pk:
            raise AlreadyAdopted(
                _("%(article)s is bought here already, as %(product)s.")
                % {"article": counting.version.name, "product": known.product.name if known else product.name}
            )
        return known


def adopt_as_new(*, offer: Offer, name: str, category: Category, kind: Kind, by: str) -> Adoption:
    """The article becomes a product of the region's own catalogue, and is bought as that.

    The product counts in the article's unit; it has a buying pack with the article's label and barcode, and one to sell.

    Raises:  NotOfferedHere; AlreadyAdopted; what the catalogue refuses.
    """
    with transaction.atomic():
        counting = _counting(offer)
        known = _adopted(counting)
        if known is not None:
            raise AlreadyAdopted(
                _("%(article)s is bought here already, as %(product)s.")
                % {"article": counting.version.name, "product": known.product.name}
            )
        product = save_product(
            sku=_free_sku(counting.article.sku),
            name=name,
            category=category,
            kind=kind,
            base_unit=BaseUnit(counting.version.base_unit),
            synonyms="",
            market_price_hint=None,
            packs=_packs_of(counting),
        )
        return adopt(offer=counting, product=product, by=by)


def pause(*, adoption: Adoption, by: str, reason: str) -> Adoption:
    """It is not bought for now.

    States:  ACTIVE -> PAUSED.
    Raises:  ReasonMissing; StaleDocument.
    """
    return _moved(adoption, "pause", by, _told(reason))


def resume(*, adoption: Adoption, by: str) -> Adoption:
    """It is bought again. Where the supplier's terms changed meanwhile, they are put forward anew, a refused one too.

    States:  PAUSED -> ACTIVE.
    Raises:  StaleDocument.
    """
    with transaction.atomic():
        resumed = _moved(adoption, "resume", by, "")
        look_again([resumed])
    return resumed


def end(*, adoption: Adoption, by: str, reason: str) -> Adoption:
    """It is bought no more; a change that waits has nobody to answer it.

    States:  ACTIVE, PAUSED -> ENDED.
    Raises:  ReasonMissing; StaleDocument.
    """
    with transaction.atomic():
        ended = _moved(adoption, "end", by, _told(reason))
        AdoptionChange.objects.filter(adoption=ended, state__in=WAITING).update(state=ChangeState.REPLACED)
    return ended


def _counting(offer: Offer) -> Offer:
    """The offer as it counts here now."""
    counting = offers_here(articles=[offer.article.public_id]).first()
    if counting is None or counting.pk != offer.pk:
        raise NotOfferedHere(_("The supplier has changed this offer in the meantime. Look at it again."))
    return counting


def _adopted(offer: Offer) -> Adoption | None:
    rows = Adoption.objects.select_related("product").filter(article=offer.article.public_id)
    return rows.exclude(state=AdoptionState.ENDED).first()


def _new(offer: Offer, product: Product, content: int, by: str) -> Adoption:
    adoption = Adoption.objects.create(
        product=product,
        supplier=offer.organisation.public_id,
        article=offer.article.public_id,
        version=offer.version.public_id,
        offer=offer.public_id,
        supplier_name=offer.organisation.name,
        article_name=offer.version.name,
        sku=offer.article.sku,
        pack_label=offer.pack.label,
        base_quantity=content,
        price=first_price(offer),
        by=by,
        adopted_at=clock.now(),
        moved_at=clock.now(),
    )
    adoption.history.create(move="adopt", after=AdoptionState.ACTIVE, by=by, at=adoption.adopted_at)
    return adoption


def _moved(adoption: Adoption, name: str, by: str, reason: str) -> Adoption:
    with transaction.atomic():
        locked = lock_adoption(adoption)
        move(locked, name, by=by, reason=reason)
    return locked


def _told(reason: str) -> str:
    said = " ".join(reason.split())
    if not said:
        raise ReasonMissing(_("Write down why, for whoever looks at this later."), field="reason")
    return said[:240]


def _free_sku(wanted: str) -> str:
    base = wanted.strip()[:34]
    taken = set(Product.objects.filter(sku__startswith=base).values_list("sku", flat=True))
    return next(
        sku for number in range(1, 100_000) if (sku := base if number == 1 else f"{base}-{number}") not in taken
    )


def _packs_of(offer: Offer) -> list[PackDraft]:
    """The pack that is ordered, and to sell the smallest of the article's ladder, or else the plain unit."""
    bought = offer.pack
    smallest = min(offer.version.packs.all(), key=lambda pack: pack.base_quantity)
    if smallest.base_quantity < bought.base_quantity:
        sold = PackDraft(smallest.label, smallest.base_quantity, Use.SELL, barcode=_free_barcode(smallest))
    else:
        sold = PackDraft(*_SMALLEST[offer.version.base_unit], Use.SELL)
    code = _free_barcode(bought)
    return [
        sold,
        PackDraft(bought.label, bought.base_quantity, Use.BUY, barcode="" if code == sold.barcode else code),
    ]


def _free_barcode(pack: ArticlePack) -> str:
    """The pack's barcode, where no scan of it would mean two things."""
    code = pack.barcode
    return code if is_barcode(code) and not Pack.objects.filter(barcode=code).exists() else ""
