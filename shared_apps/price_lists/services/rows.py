"""Rows of lists, written in sets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from shared_apps.price_lists.models import Outcome, PriceList, RowKind
from shared_apps.supplier_catalog.services.publishing import Published

_COLUMNS = (
    "price_list_id",
    "number",
    "sku",
    "name",
    "cells",
    "kind",
    "changes",
    "price",
    "percent",
    "jumps",
    "error",
    "offers",
    "chosen",
    "outcome",
)


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row before it is written."""

    number: int | None
    sku: str
    name: str
    kind: RowKind
    cells: Sequence[str] = ()
    changes: Sequence[tuple[str, str, str]] = ()
    price: int | None = None
    percent: int | None = None
    jumps: bool = False
    error: str = ""
    offers: Sequence[int] = ()


def insert_rows(price_list: PriceList, rows: Iterable[NewRow]) -> None:
    """New and changed rows are chosen; what the list lacks is ended only if somebody asks for it."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY price_lists_pricelistrow ({', '.join(_COLUMNS)}) FROM STDIN") as sheet,
    ):
        for row in rows:
            sheet.write_row(
                (
                    price_list.pk,
                    row.number,
                    row.sku[:200],
                    row.name[:200],
                    json.dumps(row.cells),
                    row.kind.value,
                    json.dumps(row.changes),
                    row.price,
                    row.percent,
                    row.jumps,
                    row.error[:300],
                    json.dumps(row.offers),
                    row.kind in (RowKind.NEW, RowKind.CHANGED),
                    "",
                )
            )


def note_outcomes(rows: Sequence[tuple[int, Outcome, Published | None, str]]) -> None:
    """(row, what became of it, what publishing answered, why it was refused), in one statement."""
    told = [
        {
            "id": pk,
            "outcome": outcome.value,
            "published": None if published is None else as_json(published),
            "error": error,
        }
        for pk, outcome, published, error in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE price_lists_pricelistrow AS w SET outcome = r.outcome,"
            " published = COALESCE(r.published, w.published), error = COALESCE(NULLIF(r.error, ''), w.error)"
            " FROM jsonb_to_recordset(%s::jsonb) AS r(id bigint, outcome text, published jsonb, error text)"
            " WHERE w.id = r.id",
            [json.dumps(told)],
        )


def as_json(published: Published) -> dict[str, Any]:
    """What is kept of it: without what says nothing."""
    told = {
        "article": published.article,
        "version": published.version,
        "before": published.before,
        "made_article": published.made_article,
        "activated": published.activated,
        "made": published.made,
        "ended": published.ended,
        "kept": published.kept,
    }
    return {"at": published.at.isoformat(), **{key: value for key, value in told.items() if value}}


def from_json(data: dict[str, Any]) -> Published:
    return Published(
        article=data["article"],
        version=data["version"],
        before=data.get("before"),
        at=datetime.fromisoformat(data["at"]),
        made_article=data.get("made_article", False),
        activated=data.get("activated", False),
        made=tuple(data.get("made", ())),
        ended=tuple(data.get("ended", ())),
        kept=tuple(data.get("kept", ())),
    )
