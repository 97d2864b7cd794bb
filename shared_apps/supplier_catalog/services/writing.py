"""Rows of a catalogue written in sets. `COPY` is refused on tables with row-level security; one JSON text for all rows is not,
and is read by PostgreSQL faster than parameters for each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Model

Rows = Sequence[Mapping[str, object]]


def fresh_ids(model: type[Model], count: int) -> list[int]:
    """So many ids of this table that nobody else gets."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [pk for (pk,) in cursor.fetchall()]


def insert_articles(organisation: int, rows: Rows, moment: datetime) -> None:
    _send(
        "INSERT INTO supplier_catalog_article (id, public_id, organisation_id, sku, is_active, current_id, photo, made_at)"
        " SELECT id, gen_random_uuid(), %s, sku, true, current_id, '', %s"
        " FROM json_to_recordset(%s) AS r(id bigint, sku text, current_id bigint)",
        rows,
        organisation,
        moment,
    )


def insert_versions(rows: Rows) -> None:
    _send(
        "INSERT INTO supplier_catalog_articleversion"
        " (id, public_id, article_id, number, name, brand, base_unit, tax, catch_weight, made_at, by)"
        " SELECT id, gen_random_uuid(), article_id, number, name, brand, base_unit, tax, catch_weight, made_at, by"
        " FROM json_to_recordset(%s) AS r(id bigint, article_id bigint, number int, name text, brand text, base_unit text,"
        " tax text, catch_weight bool, made_at timestamptz, by text)",
        rows,
    )


def insert_packs(rows: Rows) -> None:
    _send(
        'INSERT INTO supplier_catalog_articlepack (id, version_id, label, base_quantity, barcode, "order")'
        ' SELECT id, version_id, label, base_quantity, barcode, "order" FROM json_to_recordset(%s)'
        ' AS r(id bigint, version_id bigint, label text, base_quantity bigint, barcode text, "order" smallint)',
        rows,
    )


def insert_offers(organisation: int, rows: Rows) -> None:
    _send(
        "INSERT INTO supplier_catalog_offer (id, public_id, organisation_id, article_id, version_id, pack_id, area_id,"
        " region_id, least, most, lead_days, freight, valid_from, valid_to, made_at, by)"
        " SELECT id, gen_random_uuid(), %s, article_id, version_id, pack_id, area_id,"
        " region_id, least, most, lead_days, freight, valid_from, valid_to, made_at, by"
        " FROM json_to_recordset(%s) AS r(id bigint, article_id bigint, version_id bigint, pack_id bigint, area_id text,"
        " region_id bigint, least int, most int, lead_days smallint, freight bigint, valid_from date, valid_to date,"
        " made_at timestamptz, by text)",
        rows,
        organisation,
    )


def insert_tiers(rows: Rows) -> None:
    _send(
        "INSERT INTO supplier_catalog_offertier (offer_id, packs, price) SELECT offer_id, packs, price"
        " FROM json_to_recordset(%s) AS r(offer_id bigint, packs int, price bigint)",
        rows,
    )


def move_articles(rows: Rows) -> None:
    """Which version is current and whether the article is sold; where a row does not say that, it stays."""
    _send(
        "UPDATE supplier_catalog_article AS a"
        " SET current_id = r.current_id, is_active = COALESCE(r.is_active, a.is_active)"
        " FROM json_to_recordset(%s) AS r(id bigint, current_id bigint, is_active bool) WHERE a.id = r.id",
        rows,
    )


def end_offers(offers: Sequence[int], moment: datetime) -> None:
    _set_end(moment, offers)


def run_again(offers: Sequence[int]) -> None:
    _set_end(None, offers)


def _set_end(moment: datetime | None, offers: Sequence[int]) -> None:
    if offers:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE supplier_catalog_offer SET ended_at = %s WHERE id = ANY(%s)", [moment, list(offers)])


def _send(sql: str, rows: Rows, *before: int | datetime) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(sql, [*before, json.dumps(rows, default=str)])
