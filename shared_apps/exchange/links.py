"""Links by which a supplier answers an order from its mail, without signing in: each is good for one order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from shared_apps.exchange.models import Connector, ConnectorKind, OrderState
from shared_apps.supplier_catalog.models import SupplierOrganisation
from tenants import signing
from tenants.errors import BadToken
from tenants.hosts import platform_url

_KIND = "supplier-order"
GOOD_FOR = timedelta(days=30)
# Nothing more is to be done then.
ENDED = frozenset({OrderState.PAID, OrderState.REFUSED, OrderState.CANCELLED})


@dataclass(frozen=True)
class Link:
    """What a link opens."""

    token: str
    organisation: SupplierOrganisation
    number: str

    @property
    def actor(self) -> str:
        """How history rows name who came by it."""
        return f"link:{self.organisation.public_id}"


def link_to(connector: Connector, number: str) -> str:
    """The address for this order. It ends with the connector's secret. On the platform."""
    token = signing.dumps(_KIND, [connector.pk, connector.salt[:8], number])
    return platform_url(f"/pemasok/tautan/{token}/")


def opened(token: str) -> Link | None:
    """What the link opens; None for one that is forged, too old or ended. On the platform."""
    try:
        connector_id, salt, number = signing.loads(_KIND, token, max_age=GOOD_FOR)
    except (BadToken, ValueError, TypeError):
        return None
    connector = Connector.objects.filter(pk=connector_id, is_active=True, kind=ConnectorKind.EMAIL)
    found = connector.select_related("organisation").first()
    if found is None or found.salt[:8] != salt:
        return None
    return Link(token, found.organisation, str(number))
