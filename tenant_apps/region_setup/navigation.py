"""Where owners, the Satker and the region's admins can go. Apps with pages of their own add theirs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from shared_apps.onboarding.consents import waiting_for_our_answer
from shared_apps.support.selectors import waiting as waiting_for_support
from tenant_apps.accounts.models import Role
from tenants.kernel.navigation import NavItem, register

COUNTER = frozenset({Role.OWNER.value, Role.STAFF.value})
OWNER = frozenset({Role.OWNER.value})
SATKER = frozenset({Role.SATKER.value})
ADMIN = frozenset({Role.ADMIN.value})

register(
    NavItem("toko", _("Today"), "region_setup:toko", "store", order=10, roles=COUNTER),
    NavItem("toko", _("Prices"), "pricing:board", "tags", order=30, roles=COUNTER),
    NavItem("toko", _("Stock"), "stock:shelf", "package", order=40, roles=COUNTER),
    NavItem("toko", _("Hours"), "warungs:hours", "clock", order=60, roles=COUNTER),
    NavItem("toko", _("Profile"), "warungs:profile", "id-card", order=70, roles=OWNER),
    NavItem("satker", _("Desk"), "region_setup:desk", "layout-dashboard", order=10, roles=SATKER),
    NavItem(
        "satker",
        _("Market"),
        "pricing:market",
        "notebook-pen",
        order=20,
        roles=SATKER,
        also=("pricing:markets", "pricing:ceilings", "pricing:margins"),
    ),
    NavItem("satker", _("Wholesale"), "pricing:wholesale", "tags", order=30, roles=SATKER),
    NavItem("satker", _("Stock"), "stock:store_room", "warehouse", order=40, roles=SATKER),
    NavItem("satker", _("Guarantee"), "pricing:guarantee", "shield-check", order=60, roles=SATKER),
    NavItem("wilayah", _("Start"), "region_setup:checklist", "list-checks", order=10, roles=ADMIN),
    NavItem("wilayah", _("Warungs"), "warungs:registry", "store", order=20, roles=ADMIN),
    NavItem("wilayah", _("Catalogue"), "catalog:products", "package-search", order=30, roles=ADMIN),
    NavItem("wilayah", _("RT/RW"), "region_setup:villages", "map-pinned", order=50, roles=ADMIN),
    NavItem("wilayah", _("Services"), "region_setup:services", "layout-grid", order=55, roles=ADMIN),
    NavItem("wilayah", _("Satker"), "region_setup:satker", "building-2", order=60, roles=ADMIN),
    NavItem("wilayah", _("Price rule"), "pricing:rule", "scale", order=65, roles=ADMIN),
    NavItem(
        "wilayah",
        _("Carving out"),
        "region_setup:carving",
        "split",
        order=80,
        roles=ADMIN,
        count=lambda request: waiting_for_our_answer(),
    ),
    NavItem("wilayah", _("Subscription"), "region_setup:subscription", "receipt", order=75, roles=ADMIN),
    NavItem(
        "wilayah",
        _("Support"),
        "support_accesses",
        "life-buoy",
        order=88,
        roles=ADMIN,
        count=lambda request: waiting_for_support(),
    ),
    NavItem("wilayah", _("Backups"), "region_setup:backups", "database-backup", order=89, roles=ADMIN),
    NavItem("wilayah", _("Log"), "region_setup:log", "scroll-text", order=90, roles=ADMIN),
    NavItem("wilayah", _("Domain"), "region_setup:domains", "globe", order=85, roles=ADMIN),
    NavItem("wilayah", _("On sale"), "region_setup:on_sale", "receipt-text", order=70, roles=ADMIN),
)
