"""What error reports may hold: never a person's phone number, NIK, mail, cookies or forms."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from lokal.samaran import mask_pii

from tenants.context import scope
from tenants.errors import NoRegionBound


def scrub(event: Any, hint: dict[str, Any]) -> Any:
    """Sentry's before_send: tags the region, drops what a form or cookie held, masks personal data in texts."""
    with suppress(NoRegionBound):
        event.setdefault("tags", {})["region"] = scope()
    request = event.get("request", {})
    for part in ("cookies", "data", "query_string"):
        request.pop(part, None)
    request.pop("headers", None)
    event.pop("user", None)
    for value in event.get("exception", {}).get("values", []):
        value["value"] = mask_pii(str(value.get("value", ""))).text
    return event
