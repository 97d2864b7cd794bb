"""The region's answer to what a supplier changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shared_apps.supplier_catalog.models import Offer
from tenant_apps.suppliers.content import content_of
from tenant_apps.suppliers.errors import BadContent
from tenant_apps.suppliers.facts import first_price
from tenant_apps.suppliers.locks import lock_adoptions
from tenant_apps.suppliers.models import AdoptionChange, AdoptionState, ChangeKind, ChangeState
from tenant_apps.suppliers.selectors import WAITING, offers_here
from tenant_apps.suppliers.services.adopting import end, pause
from tenant_apps.suppliers.services.finding import find_changes, look_again
from tenants.kernel import clock
from tenants.kernel.errors import DomainError, StaleDocument
from tenants.kernel.units import BaseUnit

__all__ = ["Answer", "Refusal", "answer", "answer_all", "apply_next_cycle_changes", "find_changes"]


class Answer(models.TextChoices):
    ACCEPT = "accept", gettext_lazy("accept")
    REJECT = "reject", gettext_lazy("reject")
    NEXT_CYCLE = "next_cycle", gettext_lazy("from the next cycle on")


_STATE = {
    Answer.ACCEPT: ChangeState.ACCEPTED,
    Answer.REJECT: ChangeState.REJECTED,
    Answer.NEXT_CYCLE: ChangeState.NEXT_CYCLE,
}


@dataclass(frozen=True)
class Refusal:
    """A change that could not be answered so, and why."""

    change: AdoptionChange
    error: DomainError


def answer(*, change: AdoptionChange, answer: Answer, by: str, base_quantity: int | None = None) -> AdoptionChange:
    """One change is answered; see `answer_all`. `base_quantity` says what a pack holds now, where nothing else tells.

    Raises:  StaleDocument when it no longer waits or the supplier changed it once more; BadContent when the new pack does
             not fit our product.
    """
    refused = answer_all(changes=[change], answer=answer, by=by, base_quantity=base_quantity)
    if refused:
        raise refused[0].error
    change.refresh_from_db()
    return change


def answer_all(
    *, changes: Sequence[AdoptionChange], answer: Answer, by: str, base_quantity: int | None = None
) -> list[Refusal]:
    """The changes are answered alike; returns those that could not be. Answering so a second time changes nothing.

    Accepted, the adoption moves to the new offer and version, or ends where nothing is offered any more. Rejected, it pauses.
    Put off, it stays as it is until `apply_next_cycle_changes`.

    States:  PROPOSED, NEXT_CYCLE -> ACCEPTED, REJECTED; PROPOSED -> NEXT_CYCLE.
    Writes:  changes, adoptions with history rows; what the supplier changed once more is put forward anew.
    """
    with transaction.atomic():
        adoptions = {one.pk: one for one in lock_adoptions({change.adoption_id for change in changes})}
        # An answer is to what the supplier offers now, not to what was on the page.
        look_again([one for one in adoptions.values() if one.state != AdoptionState.ENDED], by=by)
        rows = AdoptionChange.objects.filter(pk__in=[change.pk for change in changes]).order_by("adoption_id", "pk")
        found = list(rows)
        offers: dict[UUID | None, Offer] = {
            offer.public_id: offer for offer in offers_here(articles=[one.article for one in adoptions.values()])
        }
        refused = []
        for change in found:
            change.adoption = adoptions[change.adoption_id]
            try:
                with transaction.atomic():
                    _answer(change, answer, by, offers, base_quantity)
            except DomainError as error:
                refused.append(Refusal(change, error))
    return refused


def apply_next_cycle_changes(*, by: str) -> int:
    """A new cycle opens: what was put off until then is in force; returns how many. What does not fit is asked anew.

    States:  NEXT_CYCLE -> ACCEPTED, or back to PROPOSED.
    """
    with transaction.atomic():
        waiting = list(AdoptionChange.objects.select_related("adoption").filter(state=ChangeState.NEXT_CYCLE))
        refused = answer_all(changes=waiting, answer=Answer.ACCEPT, by=by)
        again = [one.change.pk for one in refused]
        AdoptionChange.objects.filter(pk__in=again, state=ChangeState.NEXT_CYCLE).update(
            state=ChangeState.PROPOSED, answered_by="", answered_at=None
        )
    return len(waiting) - len(refused)


def _answer(
    change: AdoptionChange, answer: Answer, by: str, offers: dict[UUID | None, Offer], base_quantity: int | None
) -> None:
    target = _STATE[answer]
    if change.state == target:
        return
    if change.state not in WAITING:
        raise _no_longer(change)
    if answer == Answer.ACCEPT:
        _accept(change, by, offers, base_quantity)
    elif answer == Answer.REJECT and change.adoption.state == AdoptionState.ACTIVE:
        pause(adoption=change.adoption, by=by, reason=_("The supplier's change was rejected."))
    change.state, change.answered_by, change.answered_at = target, by, clock.now()
    change.save(update_fields=["state", "answered_by", "answered_at"])


def _no_longer(change: AdoptionChange) -> StaleDocument:
    return StaleDocument(
        _("%(article)s: this no longer waits for an answer, or the supplier changed it once more. Look at it again.")
        % {"article": change.adoption.article_name},
        state=change.state,
    )


def _accept(change: AdoptionChange, by: str, offers: dict[UUID | None, Offer], base_quantity: int | None) -> None:
    adoption = change.adoption
    if change.kind == ChangeKind.GONE:
        # The change is answered first: ending an adoption clears what still waits for it.
        AdoptionChange.objects.filter(pk=change.pk).update(state=ChangeState.ACCEPTED)
        end(adoption=adoption, by=by, reason=_("The supplier no longer offers it."))
        return
    offer = offers.get(change.offer)
    if offer is None:
        raise _no_longer(change)
    adoption.base_quantity = _new_content(change, offer, base_quantity)
    adoption.offer, adoption.version = offer.public_id, offer.version.public_id
    adoption.supplier_name, adoption.article_name = offer.organisation.name, offer.version.name
    adoption.sku, adoption.pack_label, adoption.price = offer.article.sku, offer.pack.label, first_price(offer)
    adoption.save(
        update_fields=[
            "base_quantity",
            "offer",
            "version",
            "supplier_name",
            "article_name",
            "sku",
            "pack_label",
            "price",
        ]
    )
    adoption.history.create(move="change", before=adoption.state, after=adoption.state, by=by, at=clock.now())


def _new_content(change: AdoptionChange, offer: Offer, given: int | None) -> int:
    """Base units of our product in the new pack: as many times the old content as the pack has grown."""
    adoption, before, unit = change.adoption, change.before, offer.version.base_unit
    if given is None and before.get("base_unit") == unit:
        scaled: int
        scaled, rest = divmod(adoption.base_quantity * offer.pack.base_quantity, before["base_quantity"])
        if not rest:
            return scaled
        if unit == BaseUnit.PIECE == adoption.product.base_unit:
            raise BadContent(
                _("%(article)s comes in another pack now: write down how much of %(product)s one holds.")
                % {"article": offer.version.name, "product": adoption.product.name},
                field="base_quantity",
            )
    return content_of(offer, adoption.product, given)
