"""How a supplier wants its orders. On the platform."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from shared_apps.exchange.connectors.posting import checked
from shared_apps.exchange.models import Connector, ConnectorKind
from shared_apps.exchange.models.connectors import new_salt
from shared_apps.supplier_catalog.models import SupplierOrganisation
from tenants.kernel import clock


@dataclass(frozen=True)
class Set:
    """The connector, and its secret where it is a new one: it is shown this once."""

    connector: Connector
    new_secret: str = ""


def set_connector(*, organisation: SupplierOrganisation, kind: str, url: str = "", by: str) -> Set:
    """Orders come this way from now on. A supplier that begins with a programme gets a secret.

    Raises:  BadAddress.
    Writes:  the connector. Other orders than those to come stay where they went.
    """
    url = url.strip()
    if kind == ConnectorKind.HTTP:
        checked(url)
    with transaction.atomic():
        SupplierOrganisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        connector = Connector.objects.filter(organisation=organisation).first()
        first = kind == ConnectorKind.HTTP and (connector is None or connector.kind != ConnectorKind.HTTP)
        if connector is None:
            connector = Connector(organisation=organisation)
        elif first:
            connector.salt = new_salt()
        connector.kind, connector.url = kind, url if kind == ConnectorKind.HTTP else ""
        connector.is_active, connector.by, connector.changed_at = True, by, clock.now()
        connector.failure = ""
        connector.save()
    return Set(connector, connector.secret if first else "")


def renew_secret(*, organisation: SupplierOrganisation, by: str) -> Set | None:
    """Another secret; the one before, and links that were mailed, open nothing more. None where there is no connector.

    Writes:  the connector.
    """
    with transaction.atomic():
        connector = (
            Connector.objects.select_for_update(no_key=True, of=("self",)).filter(organisation=organisation).first()
        )
        if connector is None:
            return None
        connector.salt, connector.by, connector.changed_at = new_salt(), by, clock.now()
        connector.save(update_fields=["salt", "by", "changed_at"])
    return Set(connector, connector.secret if connector.kind == ConnectorKind.HTTP else "")
