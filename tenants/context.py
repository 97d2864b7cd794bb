"""Where the work belongs: in one region, or on the platform.

The binding lives on the thread's own connection and in the call that made it; nothing is shared between threads or calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django_tenants.postgresql_backend.base import FakeTenant

from tenants.errors import NoRegionBound
from tenants.registry import OWNER_ROLE, PLATFORM_ROLE, PUBLIC, SUPPLIER_ROLE

if TYPE_CHECKING:
    from tenants.models import Region

_conn: Any = connection


@contextmanager
def _bound(tenant: Any, role: str) -> Iterator[None]:
    before = (_conn.tenant, _conn.include_public_schema, _conn.role)
    was_bound = _conn.is_bound
    _conn.set_tenant(tenant, role=role)
    _conn.is_bound = True
    try:
        yield
    finally:
        _conn.set_tenant(*before)
        _conn.is_bound = was_bound


@contextmanager
def in_region(region: Region) -> Iterator[Region]:
    """Work in this region until the block ends; then the earlier binding is back.

    Raises:  RegionSwitchInTransaction when a transaction is open in another binding.
    """
    with _bound(region, region.schema_name):
        yield region


@contextmanager
def on_platform() -> Iterator[None]:
    """Work on the platform's own data (public) until the block ends."""
    with _bound(FakeTenant(PUBLIC), PLATFORM_ROLE):
        yield


@contextmanager
def for_supplier(role: str) -> Iterator[None]:
    """Work on the platform with the rights of one supplier: its orders, and nothing else, until the block ends.

    Raises:  RegionSwitchInTransaction when a transaction is open; ValueError for a name that no supplier's role can have.
    """
    if not SUPPLIER_ROLE.fullmatch(role):
        raise ValueError(f"not a supplier's role: {role!r}")
    with _bound(FakeTenant(PUBLIC), role):
        yield


@contextmanager
def as_owner(schema: str = PUBLIC) -> Iterator[None]:
    """Work as the owner of all tables, who alone has DDL: on the platform, or in this schema.

    For building, migrating and saving; the database refuses it to the web process.
    """
    with _bound(FakeTenant(schema), OWNER_ROLE):
        yield


@contextmanager
def founding() -> Iterator[Callable[[Region], None]]:
    """One transaction, as owner, that founds a region: first on the platform, and from the call with the new region on inside it.

    The only transaction that sees both, and no region but the one that it makes.
    """
    with _bound(FakeTenant(PUBLIC), OWNER_ROLE), transaction.atomic():
        yield _conn.enter_founded


def current_region() -> Region:
    """The region that this thread works in.

    Raises:  NoRegionBound on the platform or where nothing is bound.
    """
    from tenants.models import Region

    tenant = _conn.tenant
    if not _conn.is_bound or not isinstance(tenant, Region):
        raise NoRegionBound("no region is bound")
    return tenant


def region_is_bound() -> bool:
    """Whether this thread works inside a region."""
    return bool(_conn.is_bound) and _conn.schema_name != PUBLIC


def is_bound() -> bool:
    """Whether anything is bound to this thread, a region or the platform."""
    return bool(_conn.is_bound)


def scope() -> str:
    """The bound schema: 'public' on the platform.

    Raises:  NoRegionBound where nothing was bound.
    """
    if not _conn.is_bound:
        raise NoRegionBound("neither a region nor the platform is bound")
    return str(_conn.schema_name)


def label() -> str:
    """The bound site for logs and reports, which is never a name: 'platform', a region's public id, or the schema that its owner works on.

    Empty where nothing is bound.
    """
    if not _conn.is_bound:
        return ""
    tenant = _conn.tenant
    public_id = getattr(tenant, "public_id", None)
    if public_id is not None:
        return str(public_id)
    return "platform" if tenant.schema_name == PUBLIC else str(tenant.schema_name)
