"""What owners learn of a cycle, in the app: that it is open, open longer, ordered, or cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override

from tenant_apps.notifications.services import notice
from tenant_apps.procurement.models import Cycle
from tenant_apps.warungs.models import WarungState
from tenants.context import current_region
from tenants.identity.models import User
from tenants.outbox.services import Message, put_all

NEWS: dict[str, tuple[str | Promise, str | Promise]] = {
    "open": (
        gettext_lazy("%(name)s is open: order together until %(until)s."),
        gettext_lazy("What many warungs order at once costs less. The goods come on %(day)s."),
    ),
    "extend": (
        gettext_lazy("%(name)s stays open until %(until)s."),
        gettext_lazy(
            "A little is missing for the suppliers' smallest orders. You may order more, or change your order."
        ),
    ),
    "order": (
        gettext_lazy("Your goods of %(name)s are ordered."),
        gettext_lazy("They should come on %(day)s. You pay for what you get."),
    ),
    "cancel": (
        gettext_lazy("%(name)s is cancelled."),
        gettext_lazy("The reason: %(reason)s You pay nothing."),
    ),
}
# These go to all owners; the others to those who ordered.
TO_EVERYBODY = ("open", "extend")
# Messages that are put in at once.
AT_ONCE = 500


def tell_of_cycle(cycle: Cycle, step: str, *, reason: str = "", stamp: str = "") -> None:
    """The owners learn of a step, once; `stamp` tells one extension from the next."""
    waiting: list[Message] = []
    for message in _messages(cycle, step, reason, stamp):
        waiting.append(message)
        if len(waiting) == AT_ONCE:
            put_all(waiting)
            waiting = []
    if waiting:
        put_all(waiting)


def _messages(cycle: Cycle, step: str, reason: str, stamp: str) -> Iterator[Message]:
    subject, body = NEWS[step]
    owners = User.objects.filter(is_active=True, warungs__state__in=(WarungState.OPEN, WarungState.PAUSED))
    if step not in TO_EVERYBODY:
        owners = User.objects.filter(is_active=True, warungs__cycle_orders__cycle=cycle)
    closes = cycle.closes_at.astimezone(ZoneInfo(current_region().time_zone))
    texts: dict[str, tuple[str, str]] = {}
    for owner in owners.distinct().order_by("pk").iterator(2_000):
        if owner.language not in texts:
            with override(owner.language):
                names = {
                    "name": cycle.name,
                    "until": formats.date_format(closes, "j M Y H.i"),
                    "day": formats.date_format(cycle.deliver_on, "j M Y"),
                    "reason": reason if not reason or reason[-1] in ".!?" else f"{reason}.",
                }
                texts[owner.language] = str(subject) % names, str(body) % names
        yield notice(
            user=owner,
            subject=texts[owner.language][0],
            body=texts[owner.language][1],
            path=reverse("procurement:cycle_order", args=[cycle.number]),
            dedupe=f"cycle.{cycle.number}.{step}.{stamp}.{owner.pk}",
        )
