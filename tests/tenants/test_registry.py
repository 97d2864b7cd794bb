"""The lists of `tenants.registry` are what the database really holds."""

from __future__ import annotations

from django.apps import apps
from django.db import connection

from tenants.models import Region
from tenants.registry import PUBLIC_MODELS_FOR_REGIONS, TABLES_IN_BOTH, in_public


def tables(schema: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        return {name for (name,) in cursor.fetchall()}


def test_public_and_regions_share_exactly_the_listed_names(kalidoni: Region, platform: None) -> None:
    assert tables("public") & tables(kalidoni.schema_name) == TABLES_IN_BOTH


def test_what_regions_may_reach_in_public_is_there() -> None:
    labels = {model._meta.label for model in apps.get_models() if in_public(model._meta.app_label)}
    assert labels >= PUBLIC_MODELS_FOR_REGIONS
