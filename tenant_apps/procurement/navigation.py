"""The entries of this app in the work areas."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenant_apps.accounts.access import Role
from tenant_apps.procurement.cycle_selectors import cycles_waiting
from tenant_apps.procurement.pool_selectors import invitations
from tenant_apps.procurement.selectors import waiting_for_satker
from tenant_apps.procurement.supplier_orders import to_be_answered
from tenants.kernel.navigation import NavItem, register

COUNTER = frozenset({str(Role.OWNER), str(Role.STAFF)})
SATKER = frozenset({str(Role.SATKER)})


def _waiting(request: HttpRequest) -> int:
    return waiting_for_satker()


def _cycles(request: HttpRequest) -> int:
    return cycles_waiting()


def _changed(request: HttpRequest) -> int:
    return to_be_answered()


def _invitations(request: HttpRequest) -> int:
    return invitations()


register(
    NavItem(
        "toko",
        _("Restock"),
        "procurement:requests",
        "package-plus",
        order=50,
        roles=COUNTER,
        also=("procurement:cycles",),
    ),
    NavItem("satker", _("Restock"), "procurement:queue", "inbox", order=15, roles=SATKER, count=_waiting),
    NavItem("satker", _("Cycles"), "procurement:satker_cycles", "repeat", order=16, roles=SATKER, count=_cycles),
    NavItem(
        "satker",
        _("Orders at suppliers"),
        "procurement:supplier_orders",
        "truck",
        order=46,
        roles=SATKER,
        count=_changed,
    ),
    NavItem(
        "satker",
        _("What warungs owe"),
        "procurement:receivables",
        "wallet",
        order=47,
        roles=SATKER,
        also=("procurement:payables",),
    ),
    NavItem(
        "satker", _("Joint purchases"), "procurement:pools", "handshake", order=19, roles=SATKER, count=_invitations
    ),
    NavItem("satker", _("Goods receipts"), "procurement:receipts", "package-check", order=50, roles=SATKER),
    NavItem("satker", _("Insight"), "procurement:insight", "chart-column", order=55, roles=SATKER),
)
