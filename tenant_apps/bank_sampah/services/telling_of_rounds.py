"""What a member who has an account learns of their pick-ups, in their own language."""

from __future__ import annotations

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from tenant_apps.bank_sampah.models import PickupRequest, PickupState
from tenant_apps.notifications.services import notice
from tenants.outbox.services import put_all


def tell_of_pickup(pickup: PickupRequest, reason: str = "") -> None:
    """The unit's people set off, found nobody, or do not come. That waste was weighed in is told by its slip."""
    user = pickup.member.user
    if user is None:
        return
    with override(user.language):
        told = {"unit": pickup.unit.name, "day": date_format(pickup.day, "j F Y"), "reason": reason}
        subject = {
            PickupState.ON_ROUND: _("The people of %(unit)s have set off: put your waste ready."),
            PickupState.MISSED: _("%(unit)s came by on %(day)s and could not collect your waste."),
            PickupState.REFUSED: _("%(unit)s does not collect your waste on %(day)s."),
        }[PickupState(pickup.state)] % told
        body = _("The reason: %(reason)s") % told if reason else ""
        path, dedupe = reverse("bank_sampah:books"), f"pickup.{pickup.number}.{pickup.state}"
        put_all([notice(user=user, subject=subject, body=body, path=path, dedupe=dedupe)])
