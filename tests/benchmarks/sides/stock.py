"""Django-tenants as it comes."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_tenants.utils import tenant_context

from tenant_apps.accounts.models import Role, RoleGrant
from tenants.identity.models import User
from tenants.models import Domain, Region, RegionStatus
from tests.benchmarks.sides import sampled
from tests.benchmarks.sides.serving import get, memory, serve
from tests.benchmarks.spending import spending

__all__ = ["create", "memory", "migrate", "prepare", "serve", "sign_up"]

# The shop's own pages ask our backend what is bound. Stock binds always something.
type(connection).is_bound = True  # type: ignore[attr-defined]
# Our registry builds schemas by other means; stock's TenantMixin does it in save().
Region.auto_create_schema = True


def prepare() -> None:
    """The tables of public."""
    call_command("migrate_schemas", shared=True, verbosity=0)


def create(schema: str) -> dict[str, float]:
    """A schema with every table, by TenantMixin.create_schema."""
    with spending() as spent:
        Region(name=schema, schema_name=schema).create_schema(check_if_exists=True, verbosity=0)
    return spent.as_json()


def sign_up(slug: str) -> dict[str, float]:
    """A new tenant with its admin and address, until its first page is served."""
    host = f"{slug}.localhost"
    # A request leaves the connection in its tenant.
    connection.set_schema_to_public()  # type: ignore[attr-defined]
    with spending() as spent:
        region = Region(name=slug, status=RegionStatus.READY, ready_at=timezone.now())
        region.save(verbosity=0)
        with tenant_context(region):
            admin = User.objects.create_user(name="Budi", email="budi@example.test")
            RoleGrant.objects.create(user=admin, role=Role.ADMIN, by="system:bench")
        Domain.objects.create(domain=host, tenant=region, is_primary=True)
        get(host, "/")
    return spent.as_json()


def migrate(schemas: list[str], executor: str = "standard") -> dict[str, float]:
    """`migrate_schemas --tenant`, for these schemas."""
    sampled.sample[:] = schemas
    with spending() as spent:
        call_command("migrate_schemas", tenant=True, interactive=False, verbosity=0, executor=executor)
    return spent.as_json()
