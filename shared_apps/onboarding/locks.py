"""The only place that locks what several registrations share. Each lock ends with the transaction."""

from __future__ import annotations

from django.db import connection

from tenants.models import Region

_BLUEPRINTS = 0x57_52_50  # "WRP"


def hold_blueprint(slug: str) -> None:
    """Nobody else makes a version of this blueprint until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_BLUEPRINTS, slug])


def hold_coverage_of(region: Region) -> None:
    """Nobody else takes kecamatan away from this region, or asks for them, until the transaction ends."""
    Region.objects.select_for_update(no_key=True).get(pk=region.pk)
