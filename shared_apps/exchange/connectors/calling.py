"""What leaves for a supplier's programme."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from shared_apps.exchange.connectors.posting import Answer, NotTaken, post
from shared_apps.exchange.connectors.seals import EVENT, KEY, SUPPLIER, sealed_now
from shared_apps.exchange.models import Connector
from tenants.kernel import clock


def call(connector: Connector, *, name: str, key: str, document: Mapping[str, Any]) -> None:
    """One message, signed. The same key names the same message, however often it is sent.

    Raises:  NotTaken unless the answer's status begins with 2; BadAddress.
    Writes:  that it was reached.
    """
    answer = send(connector, name=name, key=key, document=document)
    if not 200 <= answer.status < 300:
        raise NotTaken(f"it answered {answer.status}")
    Connector.objects.filter(pk=connector.pk).update(reached_at=clock.now(), failure="")


def send(connector: Connector, *, name: str, key: str, document: Mapping[str, Any]) -> Answer:
    """The same, with whatever was answered.

    Raises:  NotTaken when nothing was; BadAddress.
    """
    body = json.dumps(document, ensure_ascii=False).encode()
    headers = {
        EVENT: name,
        KEY: key,
        SUPPLIER: str(connector.organisation.public_id),
        **sealed_now(connector.secret, body),
    }
    return post(connector.url, body, headers)
