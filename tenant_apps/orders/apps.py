from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    """Box Belanja: carts, orders, and the counter where they are filled."""

    name = "tenant_apps.orders"
    label = "orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        from tenant_apps.accounts.models import Role
        from tenant_apps.orders import hooks, moving  # noqa: F401
        from tenant_apps.orders.views.board import waiting
        from tenant_apps.orders.views.visitor import packs_in_cart
        from tenants.kernel.navigation import SIGNED_IN, NavItem, register

        counter = frozenset({Role.OWNER.value, Role.STAFF.value, Role.SATKER.value})
        register(
            NavItem("shop", _("Search"), "orders:search", "search", 20),
            NavItem("shop", _("Cart"), "orders:carts", "shopping-basket", 30, count=packs_in_cart),
            NavItem("shop", _("Orders"), "orders:orders", "receipt-text", 40, frozenset({SIGNED_IN})),
            NavItem("shop", _("Favourites"), "orders:favourites", "heart", 60, frozenset({SIGNED_IN})),
            NavItem("toko", _("Returns"), "orders:returns", "undo-2", 55, counter),
            NavItem(
                "wilayah", _("Bringing goods back"), "orders:return_terms", "undo-2", 72, frozenset({Role.ADMIN.value})
            ),
            NavItem("toko", _("Orders"), "orders:board", "receipt-text", 20, counter, count=waiting),
        )
