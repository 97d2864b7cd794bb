"""The work on a list that takes long: one worker at a time, taken up again when that one was killed."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from shared_apps.price_lists.models import AT_WORK, ListState, PriceList
from shared_apps.price_lists.services.applying import apply, begin_applying, undo
from shared_apps.price_lists.services.reading import read
from tenants.kernel import clock
from tenants.kernel.errors import DomainError, StaleDocument
from tenants.kernel.moves import move
from tenants.locks import alone

log = logging.getLogger(__name__)

BY = "system:price-lists"
_LOCK_SPACE = 0x57_50_4C  # "WPL"


def work(list_id: int) -> None:
    """The list is read, taken over or taken back, as its state says, from wherever an earlier worker left it.

    States:  to the end of that work, or FAILED with what happened. A second call at the same time does nothing.
    """
    with alone(_LOCK_SPACE, list_id) as mine:
        if not mine:
            return
        price_list = PriceList.objects.select_related("organisation", "feed").get(pk=list_id)
        # Errors of rows are kept as texts, in the language of the house.
        with translation.override(settings.LANGUAGE_CODE):
            try:
                _work(price_list)
            except OperationalError:
                raise
            except Exception as failure:
                log.exception("price list %s failed", price_list.public_id)
                known = isinstance(failure, DomainError)
                _stop(price_list, str(failure) if known else _("Something went wrong on our side. Try again later."))


def _work(price_list: PriceList) -> None:
    if price_list.state == ListState.READING:
        read(price_list, BY)
        _take_over_by_itself(price_list)
    elif price_list.state == ListState.APPLYING:
        apply(price_list, BY)
    elif price_list.state == ListState.UNDOING:
        undo(price_list, BY)


def _take_over_by_itself(price_list: PriceList) -> None:
    """A pulled list without a bad row and without a jump of a price is taken over, where the supplier chose so."""
    price_list.refresh_from_db()
    counts = price_list.counts
    harmless = not counts.get("bad") and not counts.get("jumps") and (counts.get("new") or counts.get("changed"))
    if price_list.state == ListState.READY and price_list.feed and price_list.feed.is_automatic and harmless:
        begin_applying(price_list=price_list, by=BY)


def _stop(price_list: PriceList, reason: str) -> None:
    try:
        with transaction.atomic():
            if move(price_list, "fail", by=BY, reason=reason):
                PriceList.objects.filter(pk=price_list.pk).update(failure=reason[:300])
    except StaleDocument:
        log.info("price list %s had gone on", price_list.public_id)


def abandoned(quiet: timedelta = timedelta(seconds=15)) -> list[int]:
    """Lists that should be worked on and that no worker holds."""
    found = []
    waiting = PriceList.objects.filter(state__in=AT_WORK, touched_at__lt=clock.now() - quiet)
    for pk in waiting.order_by("touched_at").values_list("pk", flat=True)[:100]:
        with alone(_LOCK_SPACE, pk) as free:
            if free:
                found.append(pk)
    return found
