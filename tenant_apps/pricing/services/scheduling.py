"""Prices for a later moment: judged when they are written down, and again when the moment has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from tenant_apps.pricing.errors import BadPrice
from tenant_apps.pricing.models import ListState, PriceList, PriceListLine
from tenant_apps.pricing.services.observing import MOST
from tenant_apps.pricing.services.publishing import Wish, publish_prices
from tenant_apps.warungs.models import Warung
from tenants.kernel import clock

# Nobody knows what a market asks after this.
FURTHEST = timedelta(days=90)
AT_ONCE = 50


def schedule_prices(*, warung: Warung, valid_from: datetime, wishes: Sequence[Wish], by: str) -> PriceList:
    """The warung means to ask these prices from a later moment on; they are published then, if nothing stands against it.

    Raises:  BadPrice for a moment that has passed or is too far, for no prices, or for one that is none.
    """
    moment = clock.now()
    if not moment < valid_from <= moment + FURTHEST:
        raise BadPrice(_("Choose a moment within the next 90 days."))
    wished = {one.pack.pk: one for one in wishes}
    if not wished:
        raise BadPrice(_("Write down at least one price."))
    if not all(0 < one.price <= MOST for one in wished.values()):
        raise BadPrice(_("Write down a price above zero."))
    with transaction.atomic():
        made = PriceList.objects.create(warung=warung, valid_from=valid_from, by=by)
        PriceListLine.objects.bulk_create(
            [PriceListLine(price_list=made, pack=one.pack, price=one.price) for one in wished.values()]
        )
    return made


def drop_price_list(*, price_list: PriceList) -> bool:
    """The scheduled prices are not published. False if that moment has passed, or if they were dropped before."""
    rows = PriceList.objects.filter(pk=price_list.pk, state=ListState.SCHEDULED)
    return bool(rows.update(state=ListState.DROPPED, moved_at=clock.now()))


def apply_due_lists() -> int:
    """Lists whose moment has come are in force, oldest first; what may not be published stands on the worklist. Returns how many."""
    due = PriceList.objects.filter(state=ListState.SCHEDULED, valid_from__lte=clock.now()).order_by("valid_from", "pk")
    return sum(apply_list(price_list_id=pk) for pk in list(due.values_list("pk", flat=True)[:AT_ONCE]))


def apply_list(*, price_list_id: int) -> bool:
    """The list's prices are judged and published. False if another worker has done it, or if it was dropped."""
    with transaction.atomic():
        rows = PriceList.objects.select_for_update(skip_locked=True, of=("self",)).select_related("warung__owner")
        found = rows.filter(pk=price_list_id, state=ListState.SCHEDULED).first()
        if found is None:
            return False
        lines = list(found.lines.select_related("pack__product"))
        with override(found.warung.owner.language if found.warung.owner else "id"):
            # A pack that is no longer traded is left out without a word: there is nothing to decide about it.
            traded = [line for line in lines if line.pack.product.is_active]
            wishes = [Wish(line.pack, line.price) for line in traded]
            refusals = publish_prices(warung=found.warung, wishes=wishes, by=found.by).refusals if wishes else {}
            refused = [line for line in lines if line.pack_id in refusals]
            for line in refused:
                line.refusal = str(refusals[line.pack_id])[:400]
        PriceListLine.objects.bulk_update(refused, ["refusal"])
        found.state, found.moved_at = ListState.APPLIED, clock.now()
        found.save(update_fields=["state", "moved_at"])
    return True


def dismiss_refusals(*, warung: Warung, packs: Sequence[int]) -> int:
    """The owner has read why these packs' scheduled prices were not published."""
    rows = PriceListLine.objects.filter(price_list__warung=warung, pack_id__in=packs, seen=False).exclude(refusal="")
    return rows.update(seen=True)
