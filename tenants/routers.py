"""Every ORM query passes here: models of regions need a region, and a region reaches only the public models it may."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connections
from django.db.models import Model

from tenants.errors import NoRegionBound, OutOfRegion
from tenants.registry import PUBLIC, PUBLIC_MODELS_FOR_REGIONS, in_public, in_regions


class RegionGuard:
    """Refuses queries that do not belong to what is bound. Never chooses a database."""

    def db_for_read(self, model: type[Model], **hints: Any) -> None:
        self._check(model)

    def db_for_write(self, model: type[Model], **hints: Any) -> None:
        self._check(model)

    def _check(self, model: type[Model]) -> None:
        bound: Any = connections["default"]
        on_platform, in_region = _homes(model)
        if not bound.is_bound:
            raise NoRegionBound(f"{model._meta.label} was asked for while nothing is bound")
        if bound.schema_name == PUBLIC:
            if not on_platform:
                raise NoRegionBound(f"{model._meta.label} lives in regions, and none is bound")
        elif not in_region:
            raise OutOfRegion(f"{model._meta.label} is out of a region's reach")


@cache
def _homes(model: type[Model]) -> tuple[bool, bool]:
    """Whether the platform, and whether a region, may ask for the model. Every query comes here."""
    label = model._meta.app_label
    public, regions = in_public(label), in_regions(label)
    return public or not regions, regions or not public or model._meta.label in PUBLIC_MODELS_FOR_REGIONS
