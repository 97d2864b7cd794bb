"""What the Satker's people learn of a supplier's step, in the app."""

from __future__ import annotations

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override

from shared_apps.exchange.models import SupplierOrder, SupplierOrderEvent
from tenant_apps.accounts.access import Role
from tenant_apps.notifications.services import notice
from tenants.identity.models import User
from tenants.outbox.services import put_all

NEWS: dict[str, tuple[str | Promise, str | Promise]] = {
    "confirm": (gettext_lazy("%(supplier)s confirms order %(number)s."), ""),
    "change": (
        gettext_lazy("%(supplier)s changes order %(number)s: your answer is wanted."),
        gettext_lazy("Accept the change, or cancel the order."),
    ),
    "refuse": (
        gettext_lazy("%(supplier)s refuses order %(number)s."),
        gettext_lazy("The reason: %(reason)s Buy its goods elsewhere, or tell the warungs."),
    ),
    "ship": (
        gettext_lazy("%(supplier)s sent off goods of order %(number)s."),
        gettext_lazy("Count them when they come."),
    ),
    "invoice": (
        gettext_lazy("%(supplier)s billed order %(number)s."),
        gettext_lazy("Match it with what was ordered and what came."),
    ),
}


def hear(order: SupplierOrder, event: SupplierOrderEvent) -> None:
    """Each officer of the Satker is told once. Called inside the transaction that notes the step as told.

    Writes:  outbox "notice".
    """
    news = NEWS.get(event.move)
    if news is None:
        return
    reason = event.reason
    facts = {
        "supplier": order.supplier.name,
        "number": order.number,
        "reason": reason if not reason or reason[-1] in ".!?" else f"{reason}.",
    }
    messages = []
    for officer in User.objects.filter(role_grants__role=Role.SATKER, is_active=True).order_by("pk"):
        with override(officer.language):
            subject, body = (str(text) % facts for text in news)
        messages.append(
            notice(
                user=officer,
                subject=subject,
                body=body,
                path=reverse("procurement:supplier_order", args=[order.number]),
                dedupe=f"exchange.{order.number}.{event.pk}.{officer.pk}",
            )
        )
    put_all(messages)
