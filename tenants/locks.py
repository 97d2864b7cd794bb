"""Locks of the database's own that no dead process keeps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from tenants.models import Region


def locked_region(region: Region) -> Region:
    """The region's row as it is now, held until the open transaction ends. On the platform."""
    row: Region = Region.objects.select_for_update(no_key=True).get(pk=region.pk)
    return row


@contextmanager
def alone(space: int, number: int = 0) -> Iterator[bool]:
    """True for the one process that works on this number; the others get False at once.

    The database frees the lock when its holder's connection ends. `space` keeps the numbers of different works apart.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [space, number])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [space, number])
