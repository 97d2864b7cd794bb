"""Every ORM query passes here: models of regions need a region, and a region reaches only the public models it may."""

from __future__ import annotations

from typing import Any

from django.db import connection
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
        bound: Any = connection
        label = model._meta.app_label
        if not bound.is_bound:
            raise NoRegionBound(f"{model._meta.label} was asked for while nothing is bound")
        if bound.schema_name == PUBLIC:
            if in_regions(label) and not in_public(label):
                raise NoRegionBound(f"{model._meta.label} lives in regions, and none is bound")
        elif in_public(label) and not in_regions(label) and model._meta.label not in PUBLIC_MODELS_FOR_REGIONS:
            raise OutOfRegion(f"{model._meta.label} is out of a region's reach")
