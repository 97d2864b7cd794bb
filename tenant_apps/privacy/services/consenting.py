"""What somebody agreed to, and when."""

from __future__ import annotations

from uuid import UUID

from tenant_apps.privacy.models import ConsentEvent
from tenants.kernel import clock


def note_consent(*, subject: UUID, purpose: str, version: str, by: str, given: bool = True) -> ConsentEvent:
    """They agreed to these words, or took it back (`given` false)."""
    return ConsentEvent.objects.create(
        subject=subject, purpose=purpose, version=version, given=given, by=by, at=clock.now()
    )
