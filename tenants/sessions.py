"""Sessions live in the schema of their site and are signed for it."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from tenants.context import scope


class SessionStore(DatabaseStore):
    """Database sessions whose signature holds the region: a row copied to another region decodes to an empty session."""

    @property
    def key_salt(self) -> str:
        return f"warsa.session.{scope()}"
