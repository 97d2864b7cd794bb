"""django-tenants' backend, made to fail closed.

The stock backend swallows a failed `SET search_path` and goes on in the previous region, and never notices a missing schema:
then names resolve in `public`. Here the path is set by one statement that also proves that the schema exists; any failure
raises and closes the connection. The path is set only when it differs from what the server is known to have.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django_tenants.postgresql_backend import base as stock
from psycopg.pq import TransactionStatus

from tenants.errors import RegionSwitchInTransaction, SchemaMissing
from tenants.registry import PUBLIC, SCHEMA_NAME

SET_PATH = "SELECT set_config('search_path', %s, false) WHERE to_regnamespace(%s) IS NOT NULL"


class DatabaseWrapper(stock.DatabaseWrapper):  # type: ignore[misc]
    """A connection that works in exactly one region, or on the platform."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._path_on_server: tuple[str, ...] | None = None
        # False until someone says where the work belongs; see tenants.context.
        self.is_bound = False
        super().__init__(*args, **kwargs)

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """Point the connection at a region (or a FakeTenant of public).

        Raises:  RegionSwitchInTransaction inside a transaction; ImproperlyConfigured for a name that no region can have.
        """
        name = tenant.schema_name
        if name != PUBLIC and not SCHEMA_NAME.fullmatch(name):
            raise ImproperlyConfigured(f"not a region's schema: {name!r}")
        if self.schema_name is not None and name != self.schema_name and self._in_own_transaction():
            raise RegionSwitchInTransaction(f"{self.schema_name} -> {name} inside a transaction")
        super().set_tenant(tenant, include_public)

    def _in_own_transaction(self) -> bool:
        # A test case's wrapping transaction is not the code's own.
        return any(not getattr(block, "_from_testcase", False) for block in self.atomic_blocks)

    def connect(self) -> None:
        self._path_on_server = None
        super().connect()

    def close(self) -> None:
        self._path_on_server = None
        super().close()

    def rollback(self) -> None:
        # A SET is transactional: what was set in the rolled back part is gone.
        self._path_on_server = None
        super().rollback()

    def savepoint_rollback(self, sid: str) -> None:
        try:
            super().savepoint_rollback(sid)
        finally:
            self._path_on_server = None

    def _handle_search_path(self, cursor: Any = None) -> None:
        wanted = tuple(self._get_cursor_search_paths())
        if wanted == self._path_on_server:
            return
        connection = self.connection
        if connection is None or connection.info.transaction_status == TransactionStatus.INERROR:
            # Only a rollback can follow; the server refuses everything else.
            return
        quoted = ", ".join(f'"{part}"' for part in wanted)
        try:
            with connection.cursor() as raw:
                raw.execute(SET_PATH, (quoted, f'"{wanted[0]}"'))
                if raw.fetchone() is None:
                    raise SchemaMissing(f"no schema {wanted[0]}")
        except BaseException as failure:
            with self.wrap_database_errors:
                self._drop_connection()
                raise failure
        self._path_on_server = wanted
        self.search_path_set_schemas = list(wanted)

    def _drop_connection(self) -> None:
        self._path_on_server = None
        try:
            self.close()
        finally:
            if self.connection is not None and self.in_atomic_block:
                # Django keeps a connection closed inside atomic() until the block ends; end the session at once.
                self.connection.close()
