"""What suppliers offer in this region, what it buys of them, and which changes wait for its answer.

Row-level security shows a region nothing but suppliers who were verified, and offers for its own areas or for it alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Length
from django.http import Http404

from shared_apps.supplier_catalog.models import Offer, SupplierOrganisation, SupplierState
from tenant_apps.catalog.models import Product
from tenant_apps.suppliers.models import Adoption, AdoptionChange, AdoptionState, ChangeKind, ChangeState
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.asking import value_of

_WAITING = "SELECT count(*) FROM suppliers_adoptionchange WHERE state = 'proposed'"
# A change that is not done with: unanswered, or put off until the next cycle.
WAITING = (ChangeState.PROPOSED, ChangeState.NEXT_CYCLE)


def today_here() -> date:
    """The calendar day of this region."""
    return clock.today(current_region().time_zone)


def offers_here(on: date | None = None, articles: Iterable[UUID] | None = None) -> QuerySet[Offer]:
    """The one offer of each article that counts in this region on a day (today), with supplier, version, pack and tiers.

    One made to this region alone goes before those for an area, a smaller area before a larger one, then the newest.
    `articles` looks for these alone.
    """
    day = on or today_here()
    rows = Offer.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=day),
        ended_at=None,
        valid_from__lte=day,
        article__is_active=True,
        organisation__state=SupplierState.VERIFIED,
    )
    if articles is not None:
        rows = rows.filter(article__public_id__in=list(articles))
    nearness = Case(When(area=None, then=Value(99)), default=Length("area_id"), output_field=IntegerField())
    counting = rows.order_by("article_id", nearness.desc(), "-valid_from", "-pk").distinct("article_id")
    return whole(Offer.objects.filter(pk__in=counting.values("pk")))


def whole(rows: QuerySet[Offer]) -> QuerySet[Offer]:
    """The offers with all that is read of them."""
    return rows.select_related("organisation", "article", "version", "pack").prefetch_related("tiers")


def offer_for(public_id: UUID) -> Offer:
    """An offer that counts here today.

    Raises:  Http404.
    """
    row = Offer.objects.select_related("article").filter(public_id=public_id).first()
    found = offers_here(articles=[row.article.public_id]).filter(public_id=public_id).first() if row else None
    if found is None:
        raise Http404("no such offer here")
    return found


def supplier_for(public_id: UUID) -> SupplierOrganisation:
    """A supplier that offers, or once offered, something to this region, or of which it buys.

    Raises:  Http404.
    """
    offering = Q(Exists(Offer.objects.filter(organisation=OuterRef("pk"))))
    bought = Q(public_id__in=Adoption.objects.filter(supplier=public_id).values("supplier"))
    rows = SupplierOrganisation.objects.select_related("area").filter(offering | bought, public_id=public_id)
    found = rows.first()
    if found is None:
        raise Http404("no such supplier")
    return found


def adoption_for(public_id: UUID) -> Adoption:
    """An adopted article.

    Raises:  Http404.
    """
    found = Adoption.objects.select_related("product").filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such adoption")
    return found


@dataclass(frozen=True)
class Buyable:
    """An adopted article that can be ordered, on the terms that were agreed to."""

    adoption: Adoption
    offer: Offer
    supplier: SupplierOrganisation


def buyable(on: date, products: Iterable[Product] | None = None) -> list[Buyable]:
    """What may be ordered on a day: active adoptions with the offers agreed to, by product.

    Left out: what a supplier that is not verified sells, what the offer's days do not hold, and what was withdrawn. Where the
    supplier put another offer in its place, the one agreed to stays in force while the change waits. Four queries, however many
    there are.
    """
    rows = Adoption.objects.select_related("product").filter(state=AdoptionState.ACTIVE).order_by("product_id", "pk")
    if products is not None:
        rows = rows.filter(product__in=list(products))
    adoptions = list(rows)
    known = {
        offer.public_id: offer for offer in whole(Offer.objects.filter(public_id__in=[a.offer for a in adoptions]))
    }
    changes = AdoptionChange.objects.filter(adoption__in=adoptions, state__in=WAITING)
    waiting = dict(changes.values_list("adoption_id", "kind"))
    found = []
    for adoption in adoptions:
        offer = known.get(adoption.offer)
        if offer is not None and _may_be_ordered(offer, on, waiting.get(adoption.pk)):
            found.append(Buyable(adoption, offer, offer.organisation))
    return found


def _may_be_ordered(offer: Offer, on: date, waiting: str | None) -> bool:
    if not offer.organisation.sells or not offer.article.is_active:
        return False
    if on < offer.valid_from or (offer.valid_to is not None and offer.valid_to < on):
        return False
    return offer.ended_at is None or waiting not in (None, ChangeKind.GONE)


def waiting_changes() -> QuerySet[AdoptionChange]:
    """Changes that wait for an answer, the oldest first."""
    rows = AdoptionChange.objects.select_related("adoption__product").filter(state=ChangeState.PROPOSED)
    return rows.order_by("found_at", "pk")


def count_waiting() -> int:
    """How many changes wait for an answer."""
    return int(value_of(_WAITING, []))


def change_for(public_id: UUID) -> AdoptionChange:
    """A change, answered or not.

    Raises:  Http404.
    """
    found = AdoptionChange.objects.select_related("adoption__product").filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such change")
    return found


def answered_changes() -> QuerySet[AdoptionChange]:
    """Changes that somebody answered, the last first."""
    rows = AdoptionChange.objects.select_related("adoption__product").exclude(answered_at=None)
    return rows.order_by("-answered_at", "-pk")
