"""A list comes in, its columns are named, and it waits to be read; or it is dropped."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.price_lists.columns import Columns, guess, told
from shared_apps.price_lists.errors import BadList
from shared_apps.price_lists.files import table_in
from shared_apps.price_lists.models import ListState, PriceFeed, PriceList, SupplierColumns
from shared_apps.price_lists.places import refuse_foreign_place
from shared_apps.supplier_catalog.models import SupplierOrganisation
from shared_apps.supplier_catalog.services.standing import Place
from tenants.kernel.moves import move


def take_in(
    *,
    organisation: SupplierOrganisation,
    data: bytes,
    name: str,
    place: Place,
    by: str,
    feed: PriceFeed | None = None,
) -> PriceList:
    """The file is kept as it came, and its columns are guessed. Nothing of it counts yet.

    States:  -> UPLOADED.
    Raises:  BadTable for what is no table; BadList for a place where the supplier does not deliver.
    """
    table = table_in(data)
    refuse_foreign_place(organisation, place)
    known = SupplierColumns.objects.filter(organisation=organisation).first()
    columns = guess(table.headings, known.meanings if known else None)
    with transaction.atomic():
        made = PriceList(
            organisation=organisation,
            feed=feed,
            area_id=place[0],
            region_id=place[1],
            file_name=name.replace("\x00", "").strip()[:160] or "daftar-harga",
            sha256=hashlib.sha256(data).hexdigest(),
            headings=table.headings,
            head_line=table.head_line,
            columns=list(columns.keys),
            samples=table.samples,
            total=len(table.rows),
            by=by,
        )
        made.file.save("list", ContentFile(data), save=False)
        made.save(force_insert=True)
        made.history.create(move="take_in", after=made.state, by=by, at=made.made_at)
    return made


def begin_reading(*, price_list: PriceList, columns: Sequence[str], by: str) -> PriceList:
    """These are the meanings of its columns, now and for the supplier's next list; a worker reads it.

    States:  UPLOADED -> READING. A list that is being read already stays so.
    Raises:  BadList when something needed is missing, StaleDocument.
    """
    from shared_apps.price_lists.tasks import work_on

    meant = Columns(tuple(columns), tuple(price_list.headings))
    if len(columns) != len(price_list.headings):
        raise BadList(_("Say of each column what it is."))
    faults = meant.faults
    if faults:
        raise BadList(" ".join(str(fault) for fault in faults))
    with transaction.atomic():
        if move(price_list, "read", by=by):
            price_list.rows.all().delete()
            price_list.columns, price_list.done, price_list.counts, price_list.failure = list(columns), 0, {}, ""
            price_list.save(update_fields=["columns", "done", "counts", "failure"])
            known, _made = SupplierColumns.objects.get_or_create(organisation=price_list.organisation)
            known.meanings = {**known.meanings, **told(meant)}
            known.save(update_fields=["meanings"])
            work_on.on_commit(price_list.pk)
    return price_list


def name_columns_anew(*, price_list: PriceList, by: str) -> PriceList:
    """Back to the meanings of its columns; what was read is forgotten.

    States:  READY, FAILED while nothing is published -> UPLOADED.
    Raises:  StaleDocument.
    """
    with transaction.atomic():
        _refuse_begun(price_list)
        if move(price_list, "remap", by=by):
            price_list.rows.all().delete()
    return price_list


def drop(*, price_list: PriceList, by: str, reason: str = "") -> PriceList:
    """Nothing of it will count.

    States:  UPLOADED, READY, FAILED while nothing is published -> DROPPED. Dropping twice changes nothing.
    Raises:  StaleDocument.
    """
    with transaction.atomic():
        _refuse_begun(price_list)
        if move(price_list, "drop", by=by, reason=reason):
            price_list.rows.all().delete()
    return price_list


def _refuse_begun(price_list: PriceList) -> None:
    """Locks the list, so that no worker takes it up in between."""
    locked = PriceList.objects.select_for_update(no_key=True).get(pk=price_list.pk)
    if locked.state == ListState.FAILED and locked.rows.exclude(outcome="").exists():
        raise BadList(_("Part of this list is taken over. Go on with it, or take it back."))
