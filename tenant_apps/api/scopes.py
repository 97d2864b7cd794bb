"""What a key for programs may be good for."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tenant_apps.accounts.models import Role


class Scope(TextChoices):
    SHOP_READ = "shop:read", _("Read: profile, carts, orders, balance")
    SHOP_WRITE = "shop:write", _("Shop: fill carts, place and cancel orders")
    TOKO_READ = "toko:read", _("Read your warung: orders, prices, stock, restocks")
    TOKO_WRITE = "toko:write", _("Run your warung: orders, prices, stock, hours, restocks")


# Behind these stand a warung's doors, which open only for its people.
TOKO_SCOPES = frozenset({Scope.TOKO_READ, Scope.TOKO_WRITE})
TOKO_ROLES = frozenset({Role.OWNER, Role.STAFF})
