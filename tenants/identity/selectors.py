"""Reading accounts: of the platform, or of the bound region."""

from __future__ import annotations

from collections.abc import Iterable

from tenants.identity.models import User
from tenants.kernel.uuids import uuid_or_none


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """Names of the accounts among these, for `user:<uuid>`; the system's own have none. One query, none without accounts."""
    ids = {found for one in actors if one.startswith("user:") and (found := uuid_or_none(one[5:])) is not None}
    return {user.actor: str(user) for user in User.objects.filter(public_id__in=ids)} if ids else {}
