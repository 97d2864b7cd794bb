"""Taking a list over, and back: chosen rows are published once each, in chunks with their outcome in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from shared_apps.price_lists.errors import BadList
from shared_apps.price_lists.models import ListState, Outcome, PriceList, PriceListRow, RowKind
from shared_apps.price_lists.services.reading import CHUNK, Lines, rows_to_read
from shared_apps.price_lists.services.rows import from_json, note_outcomes
from shared_apps.supplier_catalog.errors import BadDrafts
from shared_apps.supplier_catalog.locks import hold_catalogue_of
from shared_apps.supplier_catalog.services.drafts import ArticleDraft
from shared_apps.supplier_catalog.services.publishing import Published, publish
from shared_apps.supplier_catalog.services.withdrawing import end, withdraw
from tenants.kernel import clock
from tenants.kernel.moves import move


def choose(*, price_list: PriceList, shown: Sequence[int], ticked: Sequence[int]) -> None:
    """Of the rows that a page showed, those that were ticked are taken over and the others are not.

    Raises:  BadList once the list is no longer looked at.
    """
    with transaction.atomic():
        _hold_ready(price_list)
        rows = _choosable(price_list).filter(pk__in=shown)
        rows.exclude(pk__in=ticked).update(chosen=False)
        rows.filter(pk__in=ticked).update(chosen=True)


def choose_kind(*, price_list: PriceList, kind: RowKind, chosen: bool) -> None:
    """All rows of this kind are taken over, or none.

    Raises:  BadList once the list is no longer looked at.
    """
    with transaction.atomic():
        _hold_ready(price_list)
        _choosable(price_list).filter(kind=kind).update(chosen=chosen)


def begin_applying(*, price_list: PriceList, by: str) -> PriceList:
    """The chosen rows are being published by a worker. Asking twice changes nothing.

    States:  READY -> APPLYING.
    Raises:  BadList when no row is chosen; StaleDocument.
    """
    from shared_apps.price_lists.tasks import work_on

    with transaction.atomic():
        locked = PriceList.objects.select_for_update(no_key=True).get(pk=price_list.pk)
        if locked.state in (ListState.APPLYING, ListState.APPLIED):
            price_list.state = locked.state
            return price_list
        chosen = locked.rows.filter(chosen=True).count()
        if not chosen and locked.state == ListState.READY:
            raise BadList(_("No row is chosen. Tick those that are to be taken over."))
        if move(price_list, "apply", by=by):
            PriceList.objects.filter(pk=price_list.pk).update(done=0, total=chosen)
            work_on.on_commit(price_list.pk)
    return price_list


def begin_undoing(*, price_list: PriceList, by: str) -> PriceList:
    """What the list changed is being taken back by a worker. Asking twice changes nothing.

    States:  APPLIED -> UNDOING.
    Raises:  StaleDocument.
    """
    from shared_apps.price_lists.tasks import work_on

    with transaction.atomic():
        locked = PriceList.objects.select_for_update(no_key=True).get(pk=price_list.pk)
        if locked.state == ListState.UNDONE:
            price_list.state = locked.state
            return price_list
        applied = locked.rows.filter(outcome=Outcome.APPLIED).count()
        if move(price_list, "undo", by=by):
            PriceList.objects.filter(pk=price_list.pk).update(done=0, total=applied)
            work_on.on_commit(price_list.pk)
    return price_list


def go_on(*, price_list: PriceList, by: str) -> PriceList:
    """What stopped is tried again, from where it stopped.

    States:  FAILED -> READING, APPLYING or UNDOING, as it was.
    """
    from shared_apps.price_lists.tasks import work_on

    with transaction.atomic():
        locked = PriceList.objects.select_for_update(no_key=True).get(pk=price_list.pk)
        if locked.state != ListState.FAILED:
            price_list.state = locked.state
            return price_list
        stopped = price_list.history.filter(move="fail").order_by("-pk").values_list("before", flat=True).first()
        again = {ListState.APPLYING.value: "apply", ListState.UNDOING.value: "undo"}
        move(price_list, again.get(stopped or "", "read"), by=by)
        PriceList.objects.filter(pk=price_list.pk).update(failure="")
        work_on.on_commit(price_list.pk)
    return price_list


def apply(price_list: PriceList, by: str) -> None:
    """Every chosen row is published or refused with its reason.

    States:  APPLYING -> APPLIED. Called by one worker at a time; a row is published in the transaction that notes it.
    """
    lines = Lines(price_list)
    while True:
        with transaction.atomic():
            hold_catalogue_of(price_list.organisation)
            waiting = price_list.rows.filter(chosen=True, outcome=Outcome.WAITING).order_by("pk")
            rows = list(waiting.only("price_list", "number", "cells", "kind", "offers")[:CHUNK])
            if not rows or not _goes_on(price_list, ListState.APPLYING, len(rows)):
                break
            named = [row for row in rows if row.kind != RowKind.MISSING]
            outcomes = _publish(price_list, lines, named, by) + _end(
                price_list, [row for row in rows if row.kind == RowKind.MISSING]
            )
            note_outcomes(outcomes)
    if not price_list.rows.filter(chosen=True, outcome=Outcome.WAITING).exists():
        with transaction.atomic():
            move(price_list, "complete", by=by)


def undo(price_list: PriceList, by: str) -> None:
    """What the rows changed is as it was before, but for articles that somebody changed since.

    States:  UNDOING -> UNDONE. Called by one worker at a time.
    """
    while True:
        with transaction.atomic():
            hold_catalogue_of(price_list.organisation)
            rows = list(
                price_list.rows.filter(outcome=Outcome.APPLIED).order_by("pk").only("price_list", "published")[:CHUNK]
            )
            if not rows or not _goes_on(price_list, ListState.UNDOING, len(rows)):
                break
            published = {row.pk: from_json(row.published) for row in rows if row.published}
            left = set(withdraw(organisation=price_list.organisation, published=list(published.values())).left)
            note_outcomes(
                [
                    (
                        row.pk,
                        Outcome.LEFT if row.pk in published and published[row.pk].article in left else Outcome.BACK,
                        None,
                        "",
                    )
                    for row in rows
                ]
            )
    if not price_list.rows.filter(outcome=Outcome.APPLIED).exists():
        with transaction.atomic():
            move(price_list, "restore", by=by)


Told = tuple[int, Outcome, Published | None, str]


def _publish(price_list: PriceList, lines: Lines, rows: Sequence[PriceListRow], by: str) -> list[Told]:
    """Read once more: an article may have changed since it was shown, and its other facts are kept."""
    told: list[Told] = []
    drafts: list[tuple[int, ArticleDraft]] = []
    for row, read in zip(rows, lines.read(rows_to_read(rows)), strict=True):
        if read.draft is None:
            told.append((row.pk, Outcome.REFUSED, None, read.error))
        else:
            drafts.append((row.pk, read.draft))
    try:
        done = publish(organisation=price_list.organisation, drafts=[draft for _pk, draft in drafts], by=by)
    except BadDrafts as refused:
        faults = refused.by_draft
        told += [(drafts[place][0], Outcome.REFUSED, None, fault) for place, fault in faults.items()]
        drafts = [one for place, one in enumerate(drafts) if place not in faults]
        done = publish(organisation=price_list.organisation, drafts=[draft for _pk, draft in drafts], by=by)
    told += [(pk, Outcome.APPLIED, published, "") for (pk, _draft), published in zip(drafts, done, strict=True)]
    return told


def _end(price_list: PriceList, rows: Sequence[PriceListRow]) -> list[Told]:
    if not rows:
        return []
    owner = {offer: row.pk for row in rows for offer in row.offers}
    ended = end(organisation=price_list.organisation, offers=list(owner))
    answers = {owner[one.ended[0]]: one for one in ended}
    return [(row.pk, Outcome.APPLIED, answers.get(row.pk), "") for row in rows]


def _goes_on(price_list: PriceList, state: ListState, number: int) -> bool:
    going = PriceList.objects.filter(pk=price_list.pk, state=state)
    return bool(going.update(done=F("done") + number, touched_at=clock.now()))


def _choosable(price_list: PriceList) -> QuerySet[PriceListRow]:
    return price_list.rows.filter(kind__in=[RowKind.NEW, RowKind.CHANGED, RowKind.MISSING])


def _hold_ready(price_list: PriceList) -> None:
    locked = PriceList.objects.select_for_update(no_key=True).get(pk=price_list.pk)
    if locked.state != ListState.READY:
        raise BadList(_("This list is no longer waiting to be looked at. Nothing was changed."))
