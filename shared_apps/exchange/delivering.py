"""How an order reaches its supplier. The platform delivers, and knows of an order what its message says."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import override

from shared_apps.exchange.services.outgoing import ORDER, STEP
from shared_apps.supplier_catalog.models import SupplierOrganisation
from tenants.hosts import platform_url
from tenants.outbox.models import OutboxMessage
from tenants.outbox.services import deliverer, put_mail


@deliverer(ORDER)
def deliver_order(message: OutboxMessage) -> None:
    """A mail to the supplier leads to its inbox."""
    told = message.payload
    organisation = SupplierOrganisation.objects.get(pk=told["supplier"])
    with override("id"):
        put_mail(
            to=organisation.email,
            subject=_("Order %(number)s from %(buyer)s") % {"number": told["number"], "buyer": told["buyer"]["name"]},
            body=_("%(buyer)s orders from you. Look at it and answer here: %(address)s")
            % {"buyer": told["buyer"]["name"], "address": platform_url(f"/pemasok/pesanan/{told['number']}/")},
            dedupe=f"mail:{message.dedupe}",
        )


@deliverer(STEP)
def deliver_step(message: OutboxMessage) -> None:
    """A supplier that works in its portal finds the step there."""
