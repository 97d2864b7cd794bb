"""Whether anything is still written in a member's books."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tenant_apps.bank_sampah.errors import MemberClosed
from tenant_apps.bank_sampah.models import Member, MemberState


def must_be_active(member: Member) -> None:
    """Raises MemberClosed for somebody who has left."""
    if member.state != MemberState.ACTIVE:
        raise MemberClosed(_("%(name)s is no member any more.") % {"name": member.name})
