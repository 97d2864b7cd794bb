"""The one place that locks for adoptions: adoptions in the order of their numbers, then what waits for them."""

from __future__ import annotations

from collections.abc import Collection

from tenant_apps.suppliers.models import Adoption


def lock_adoptions(pks: Collection[int]) -> list[Adoption]:
    """The adoptions as they are now, with their products, locked until the transaction ends."""
    rows = Adoption.objects.filter(pk__in=pks).select_related("product").order_by("pk")
    return list(rows.select_for_update(of=("self",), no_key=True))


def lock_adoption(adoption: Adoption) -> Adoption:
    """The same for one."""
    return lock_adoptions([adoption.pk])[0]
