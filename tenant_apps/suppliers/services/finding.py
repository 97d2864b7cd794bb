"""Comparing what was agreed to with what is offered now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from shared_apps.supplier_catalog.models import Offer
from tenant_apps.suppliers.facts import Facts, facts_of, kind_of, remembered
from tenant_apps.suppliers.models import (
    Adoption,
    AdoptionChange,
    AdoptionEvent,
    AdoptionState,
    ChangeKind,
    ChangeState,
)
from tenant_apps.suppliers.selectors import WAITING, offers_here, whole
from tenant_apps.suppliers.services.telling import tell_of_changes
from tenants.kernel import clock

FINDER = "system:suppliers"


def find_changes(*, by: str = FINDER) -> int:
    """For each adopted article, what its supplier changed waits for an answer; returns how many changes are new.

    A later change takes the place of the one that waits. What no longer differs is not asked for, nor a second time what
    was refused while the adoption is paused for it. Where only the offer's number is new, the adoption takes it over.
    Repeating it changes nothing.

    Writes:  changes; a history row where an offer's number was taken over; outbox, once a day while something new waits.
    """
    with transaction.atomic():
        rows = Adoption.objects.exclude(state=AdoptionState.ENDED).order_by("pk")
        found = look_again(rows.select_for_update(of=("self",), no_key=True).select_related("product"), by=by)
        tell_of_changes()
    return found


@dataclass
class _Outcome:
    """What comparing found, to be written at once."""

    new: list[AdoptionChange] = field(default_factory=list)
    replaced: list[int] = field(default_factory=list)
    moved: list[AdoptionChange] = field(default_factory=list)
    renewed: list[Adoption] = field(default_factory=list)


def look_again(locked: Iterable[Adoption], *, by: str = FINDER) -> int:
    """The same for these adoptions, which the caller has locked. As many queries for one as for thousands."""
    adoptions = list(locked)
    if not adoptions:
        return 0
    counting = {offer.article.public_id: offer for offer in offers_here(articles=[one.article for one in adoptions])}
    agreed = {one.public_id: one for one in whole(Offer.objects.filter(public_id__in=[a.offer for a in adoptions]))}
    waiting = {one.adoption_id: one for one in AdoptionChange.objects.filter(adoption__in=adoptions, state__in=WAITING)}
    refused = _refused(adoptions)
    outcome = _Outcome()
    for adoption in adoptions:
        before = facts_of(agreed[adoption.offer]) if adoption.offer in agreed else remembered(adoption)
        offer = counting.get(adoption.article)
        _compare(adoption, before, offer, waiting.get(adoption.pk), refused.get(adoption.pk), outcome)
    _write(outcome, by)
    return len(outcome.new)


def _refused(adoptions: Sequence[Adoption]) -> dict[int, Facts]:
    """What was refused last, by adoption that is paused."""
    paused = [one for one in adoptions if one.state == AdoptionState.PAUSED]
    rows = AdoptionChange.objects.filter(adoption__in=paused, state=ChangeState.REJECTED)
    return dict(
        rows.order_by("adoption_id", "-answered_at", "-pk").distinct("adoption_id").values_list("adoption_id", "after")
    )


def _compare(
    adoption: Adoption,
    before: Facts,
    offer: Offer | None,
    waiting: AdoptionChange | None,
    refused: Facts | None,
    outcome: _Outcome,
) -> None:
    after = facts_of(offer) if offer else {}
    kind = kind_of(before, after) if offer else ChangeKind.GONE
    if kind is None and offer and offer.public_id != adoption.offer:
        adoption.offer, adoption.version = offer.public_id, offer.version.public_id
        outcome.renewed.append(adoption)
    if waiting and kind and waiting.after == after:
        if offer and offer.public_id != waiting.offer:
            waiting.offer, waiting.version = offer.public_id, offer.version.public_id
            outcome.moved.append(waiting)
        return
    if waiting:
        outcome.replaced.append(waiting.pk)
    if kind and refused != after:
        outcome.new.append(
            AdoptionChange(
                adoption=adoption,
                kind=kind,
                offer=offer.public_id if offer else None,
                version=offer.version.public_id if offer else None,
                before=before,
                after=after,
                found_at=clock.now(),
            )
        )


def _write(outcome: _Outcome, by: str) -> None:
    AdoptionChange.objects.filter(pk__in=outcome.replaced).update(state=ChangeState.REPLACED)
    AdoptionChange.objects.bulk_create(outcome.new, batch_size=500)
    AdoptionChange.objects.bulk_update(outcome.moved, ["offer", "version"], batch_size=500)
    Adoption.objects.bulk_update(outcome.renewed, ["offer", "version"], batch_size=500)
    AdoptionEvent.objects.bulk_create(
        [
            AdoptionEvent(adoption=one, move="renew", before=one.state, after=one.state, by=by, at=clock.now())
            for one in outcome.renewed
        ],
        batch_size=500,
    )
