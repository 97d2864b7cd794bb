"""What somebody is told outside the app: by mail, or by a short text where there is only a number that is theirs."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tenants.context import current_region
from tenants.hosts import region_url
from tenants.outbox.services import Message, mail, sms


def letter(*, email: str, phone: str, subject: str, body: str, path: str, dedupe: str) -> list[Message]:
    """One message, in the language that is bound, which leads to a page of the bound region; none for whom nothing reaches.

    The short text is the subject with the address. `phone` is a number that was proven (`User.proven_phone`), in E.164.
    """
    look = _("Look at it here: %(address)s") % {"address": region_url(current_region(), path)}
    if email:
        return [mail(to=email, subject=" ".join(subject.split()), body=f"{body}\n\n{look}\n", dedupe=dedupe)]
    if phone:
        return [sms(to=phone, body=f"{subject} {look}", dedupe=dedupe)]
    return []
