"""What this app offers: to the platform a step of building a region, to other apps a say when an invitation is accepted."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenant_apps.accounts.reactions import on_accept
from tenant_apps.accounts.services.inviting import invite_first_admin
from tenants.hooks import NewRegion, provision_step

__all__ = ["first_admin", "on_accept"]


@provision_step("first_admin", label=_("Inviting the first admin"), order=10, founding=True)
def first_admin(new: NewRegion) -> None:
    invite_first_admin(new)
