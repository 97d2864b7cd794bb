"""Questions that every page asks, as SQL: Django takes longer to make such a query than PostgreSQL to answer it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection


def value_of(sql: str, params: Sequence[Any]) -> Any:
    """The first column of the first row, from the bound schema; None where there is no row."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row = cursor.fetchone()
    return row[0] if row else None
