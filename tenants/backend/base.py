"""django-tenants' backend, made to fail closed.

The stock backend swallows a failed `SET search_path` and goes on in the previous region, and never notices a missing schema:
then names resolve in `public`. Here path and role are set by one statement that also proves that the schema exists; any
failure raises and closes the connection. The statement is sent only when the server is not known to have both already.
"""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django_tenants.postgresql_backend import base as stock
from psycopg.pq import TransactionStatus

from tenants.errors import RegionSwitchInTransaction, SchemaMissing
from tenants.registry import NO_ROLE, OWNER_ROLE, PLATFORM_ROLE, PUBLIC, SCHEMA_NAME

SET_PATH = """SELECT set_config('search_path', %s, false), set_config('role', %s, false) WHERE to_regnamespace(%s) IS NOT NULL"""

Binding = tuple[tuple[str, ...], str]


class DatabaseWrapper(stock.DatabaseWrapper):  # type: ignore[misc]
    """A connection that works in exactly one region, or on the platform, with the rights of that place alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._on_server: Binding | None = None
        self._touched: set[str] = set()
        self.health_check_done = False
        # False until someone says where the work belongs; see tenants.context.
        self.is_bound = False
        self.role = NO_ROLE
        super().__init__(*args, **kwargs)

    def set_tenant(self, tenant: Any, include_public: bool = True, role: str | None = None) -> None:
        """Point the connection at a region (or a FakeTenant of public), to work there as `role`.

        Without a role it is the one that belongs to the place; code of django-tenants that runs inside an owner's binding
        stays the owner.
        Raises:  RegionSwitchInTransaction inside a transaction; ImproperlyConfigured for a name that no region can have.
        """
        name = tenant.schema_name
        role = role or self._role_of(name)
        if (name, role) != (self.schema_name, self.role) and self._in_own_transaction():
            raise RegionSwitchInTransaction(f"{self.schema_name} -> {name} inside a transaction")
        self._point_at(tenant, include_public, role)

    def enter_founded(self, region: Any) -> None:
        """The owner's transaction goes on inside the region that it has just founded on the platform.

        Raises:  RegionSwitchInTransaction unless the owner is on the platform.
        """
        if self.role != OWNER_ROLE or self.schema_name != PUBLIC:
            raise RegionSwitchInTransaction("only the owner goes on from the platform into a region")
        self._point_at(region, True, OWNER_ROLE)

    def _point_at(self, tenant: Any, include_public: bool, role: str) -> None:
        name = tenant.schema_name
        if name != PUBLIC and not SCHEMA_NAME.fullmatch(name):
            raise ImproperlyConfigured(f"not a region's schema: {name!r}")
        # As stock's set_tenant, but for its emptying of ContentType's cache: ours holds an answer for each region.
        self.tenant = tenant
        self.schema_name = name
        self.include_public_schema = include_public
        self.set_settings_schema(name)
        self.role = role

    def _role_of(self, name: str) -> str:
        if self.role == OWNER_ROLE:
            return OWNER_ROLE
        if name != PUBLIC:
            return name
        return PLATFORM_ROLE if self.is_bound else NO_ROLE

    def _in_own_transaction(self) -> bool:
        # A test case's wrapping transaction is not the code's own.
        return any(not getattr(block, "_from_testcase", False) for block in self.atomic_blocks)

    def connect(self) -> None:
        self._on_server = None
        self._touched = set()
        super().connect()

    def close(self) -> None:
        self._on_server = None
        super().close()

    def rollback(self) -> None:
        # A SET is transactional: what was set in the rolled back part is gone.
        self._on_server = None
        super().rollback()

    def savepoint_rollback(self, sid: str) -> None:
        try:
            super().savepoint_rollback(sid)
        finally:
            self._on_server = None

    def close_if_health_check_failed(self) -> None:
        """Django asks an idle connection `SELECT 1` once per request; setting the binding, where that is due, tells as much."""
        unasked = self.connection is not None and self.health_check_enabled and not self.health_check_done
        if not unasked or self.in_atomic_block or self._binding() == self._on_server:
            super().close_if_health_check_failed()
            return
        try:
            self._handle_search_path()
        except Exception:
            # The connection is closed; the query to come opens another, sets the binding there, and raises if that fails too.
            self.close()
        self.health_check_done = True

    def _binding(self) -> Binding:
        return tuple(self._get_cursor_search_paths()), self.role

    def _handle_search_path(self, cursor: Any = None) -> None:
        wanted = self._binding()
        if wanted == self._on_server:
            return
        path = wanted[0]
        connection = self.connection
        if connection is None or connection.info.transaction_status == TransactionStatus.INERROR:
            # Only a rollback can follow; the server refuses everything else.
            return
        quoted = ", ".join(f'"{part}"' for part in path)
        try:
            with connection.cursor() as raw:
                raw.execute(SET_PATH, (quoted, self.role, f'"{path[0]}"'))
                if raw.fetchone() is None:
                    raise SchemaMissing(f"no schema {path[0]}")
        except BaseException as failure:
            with self.wrap_database_errors:
                self._drop_connection()
                raise failure
        self._on_server = wanted
        self.search_path_set_schemas = list(path)
        self._touch(path[0])

    def _touch(self, schema: str) -> None:
        """A back end keeps what it has learnt of every schema, for ever; after enough of them this one is let go."""
        self._touched.add(schema)
        if len(self._touched) > settings.REGIONS_PER_CONNECTION:
            # Django closes it at the end of the request or task.
            self.close_at = time.monotonic()

    def _drop_connection(self) -> None:
        self._on_server = None
        try:
            self.close()
        finally:
            if self.connection is not None and self.in_atomic_block:
                # Django keeps a connection closed inside atomic() until the block ends; end the session at once.
                self.connection.close()
