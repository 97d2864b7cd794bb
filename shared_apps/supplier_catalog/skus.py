"""Article numbers as they are compared: the database says what capital letters are, for its unique index uses the same."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection


def keys_of(skus: Sequence[str]) -> list[str]:
    """One key for each tidied SKU; equal keys are the same article. One query."""
    if not skus:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT upper(sku) FROM unnest(%s::text[]) WITH ORDINALITY AS given(sku, place) ORDER BY place",
            [list(skus)],
        )
        return [key for (key,) in cursor.fetchall()]
