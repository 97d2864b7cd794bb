"""Every sealed text comes under the newest key: after a new one was put first, and for what was written before there was one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from tenants.context import region_is_bound
from tenants.personal.fields import BlindIndexField, SealedField
from tenants.personal.sealing import Unreadable, current_mark, index_of, seal, unseal
from tenants.registry import in_public, in_regions

A_BATCH = 500


@dataclass(frozen=True)
class Resealed:
    """Of one column: how many texts were sealed anew, and how many could not be, because no key opens them."""

    column: str
    done: int
    refused: int


def sealed_columns() -> list[tuple[type[models.Model], SealedField, BlindIndexField | None]]:
    """Each sealed column of all models, with its blind index where it has one."""
    found = []
    for model in apps.get_models():
        for one in model._meta.concrete_fields:
            if isinstance(one, SealedField):
                beside = (f for f in model._meta.concrete_fields if isinstance(f, BlindIndexField) and f.of == one.name)
                found.append((model, one, next(beside, None)))
    return found


def reseal() -> Iterator[Resealed]:
    """All of the bound region or platform, each row in a transaction of its own; safe to kill and to run again."""
    with connection.cursor() as cursor:
        here = set(connection.introspection.table_names(cursor))
    lives_here = in_regions if region_is_bound() else in_public
    for model, field, index in sealed_columns():
        if model._meta.db_table in here and lives_here(model._meta.app_label):
            yield _column(model, field, index)


def _column(model: type[models.Model], field: SealedField, index: BlindIndexField | None) -> Resealed:
    table, key = model._meta.db_table, str(model._meta.pk.column)
    last, done, refused = None, 0, 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT "{key}", "{field.column}" FROM "{table}" WHERE "{field.column}" <> \'\''
                f' AND NOT starts_with("{field.column}", %s) AND (%s::bigint IS NULL OR "{key}" > %s)'
                f' ORDER BY "{key}" LIMIT {A_BATCH}',
                [current_mark(), last, last],
            )
            rows = cursor.fetchall()
        if not rows:
            return Resealed(f"{table}.{field.column}", done, refused)
        for pk, before in rows:
            if _one(table, key, field, index, pk, before):
                done += 1
            else:
                refused += 1
        last = rows[-1][0]


def _one(table: str, key: str, field: SealedField, index: BlindIndexField | None, pk: Any, before: str) -> bool:
    plain = unseal(before)
    if isinstance(plain, Unreadable):
        return False
    also = f', "{index.column}" = %s' if index is not None else ""
    values = [seal(plain), *([index_of(plain)] if index is not None else []), pk, before]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # Only if nobody has written another one meanwhile.
            cursor.execute(
                f'UPDATE "{table}" SET "{field.column}" = %s{also} WHERE "{key}" = %s AND "{field.column}" = %s', values
            )
    except IntegrityError:
        # Two rows of before hold one number that may be there once: somebody has to look at them.
        return False
    return True
