"""How an order reaches its supplier. The platform delivers, and knows of an order what its message says."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from shared_apps.exchange.connectors.calling import call
from shared_apps.exchange.connectors.posting import BadAddress, NotTaken
from shared_apps.exchange.links import link_to
from shared_apps.exchange.models import Connector, ConnectorKind
from shared_apps.exchange.services.outgoing import ORDER, STEP
from shared_apps.supplier_catalog.models import SupplierOrganisation
from tenants.hosts import platform_url
from tenants.kernel.money import rupiah_text
from tenants.outbox.models import OutboxMessage
from tenants.outbox.services import MAX_ATTEMPTS, deliverer, put_mail


@deliverer(ORDER)
def deliver_order(message: OutboxMessage) -> None:
    """To the supplier's programme, or by a mail that leads to the order."""
    _deliver(message)


@deliverer(STEP)
def deliver_step(message: OutboxMessage) -> None:
    """The programme learns of every step; people of those after which they have to do something else than before."""
    _deliver(message)


def _deliver(message: OutboxMessage) -> None:
    told = message.payload
    organisation = SupplierOrganisation.objects.get(pk=told["supplier"])
    connector = (
        Connector.objects.filter(organisation=organisation, is_active=True).select_related("organisation").first()
    )
    if connector is not None and connector.kind == ConnectorKind.HTTP and _reached(connector, message):
        return
    with override("id"):
        letter = _letter(told)
        if letter is None:
            return
        subject, body = letter
        if connector is not None and connector.kind == ConnectorKind.EMAIL:
            path = link_to(connector, told["number"])
            look = _("Look at it and answer here, without signing in: %(address)s")
        else:
            path = platform_url(f"/pemasok/pesanan/{told['number']}/")
            look = _("Look at it and answer here: %(address)s")
        # In the transaction that marks the message as delivered, so it leaves once.
        put_mail(
            to=organisation.email,
            subject=subject,
            body=f"{body}\n\n{look % {'address': path}}\n",
            dedupe=f"mail:{message.dedupe}",
        )


def _reached(connector: Connector, message: OutboxMessage) -> bool:
    """Whether the programme took it; False when it was tried for the last time, so that people are told instead.

    Raises:  NotTaken, BadAddress: it is tried again later.
    """
    told = {name: value for name, value in message.payload.items() if name != "supplier"}
    try:
        call(connector, name=told["step"]["name"], key=message.dedupe, document=told)
    except (NotTaken, BadAddress) as failure:
        if message.attempts < MAX_ATTEMPTS:
            raise
        Connector.objects.filter(pk=connector.pk).update(failure=str(failure)[:240])
        return False
    return True


def _letter(told: dict[str, Any]) -> tuple[str, str] | None:
    """Subject and words of the mail; None for a step after which nobody has to do anything."""
    facts = {
        "number": told["number"],
        "buyer": " ".join(told["buyer"]["name"].split()),
        "total": rupiah_text(told["total"]),
        "day": told["wanted_on"],
        "reason": told["step"]["reason"],
    }
    step = told["step"]["name"]
    if step == "send":
        return _("Order %(number)s from %(buyer)s") % facts, _(
            "%(buyer)s orders from you for %(total)s, to arrive on %(day)s."
        ) % facts
    if step == "cancel":
        return _("Order %(number)s is cancelled") % facts, _("%(buyer)s cancelled the order: %(reason)s") % facts
    if step == "accept_change":
        return _("Order %(number)s: your change is accepted") % facts, _(
            "%(buyer)s takes what you offered instead. You can send it off."
        ) % facts
    if step == "dispute_invoice":
        return _("Order %(number)s: your invoice is disputed") % facts, _(
            "%(buyer)s does not agree with an invoice: %(reason)s"
        ) % facts
    return None
