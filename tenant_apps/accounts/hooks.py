"""What this app offers: to the platform a step of building a region, and who its admins are; to other apps a say when an
invitation is accepted."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenant_apps.accounts.models import Role
from tenant_apps.accounts.reactions import on_accept
from tenant_apps.accounts.services.inviting import invite_first_admin
from tenants.hooks import NewRegion, provision_step
from tenants.identity.models import User
from tenants.lifecycle.hooks import Admin, region_admins

__all__ = ["admins", "first_admin", "on_accept"]


@provision_step("first_admin", label=_("Inviting the first admin"), order=10, founding=True)
def first_admin(new: NewRegion) -> None:
    invite_first_admin(new)


@region_admins("accounts")
def admins() -> list[Admin]:
    """Admins of the region who can be reached by mail."""
    found = User.objects.filter(role_grants__role=Role.ADMIN, is_active=True).exclude(email="").order_by("pk")
    return [Admin(one.name, one.email) for one in found]
