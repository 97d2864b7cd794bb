"""What owners learn of their goods of a cycle, in the app: shared out, on the way, handed over, paid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override

from tenant_apps.notifications.services import notice
from tenant_apps.procurement.models import HandOver
from tenants.identity.models import User
from tenants.kernel.money import rupiah_text
from tenants.outbox.services import Message, put_all

NEWS: dict[str, tuple[str | Promise, str | Promise]] = {
    "plan": (
        gettext_lazy("Your goods of %(cycle)s have come: %(total)s."),
        gettext_lazy("We bring them soon. It may be less than you ordered: look at what you get."),
    ),
    "load": (
        gettext_lazy("Your goods of %(cycle)s are on the way."),
        gettext_lazy("Count them when they arrive, and sign, or tell the code that your app shows."),
    ),
    "hand_over": (
        gettext_lazy("You have received goods of %(cycle)s: %(total)s."),
        gettext_lazy("You owe what you signed for. The papers are in the app."),
    ),
    "miss": (
        gettext_lazy("Nobody was there to take your goods of %(cycle)s."),
        gettext_lazy("They are back at the Satker, and you owe nothing for them. Ask when they come again."),
    ),
}
# Messages that are put in at once.
AT_ONCE = 500


def tell_of_goods(hand_overs: Iterable[HandOver], step: str) -> None:
    """The owners of these warungs learn of a step, once for each try of a hand-over."""
    waiting: list[Message] = []
    for message in _messages(list(hand_overs), step):
        waiting.append(message)
        if len(waiting) == AT_ONCE:
            put_all(waiting)
            waiting = []
    if waiting:
        put_all(waiting)


def _messages(hand_overs: list[HandOver], step: str) -> Iterator[Message]:
    subject, body = NEWS[step]
    owners = {
        pk: owner
        for owner in User.objects.filter(is_active=True, warungs__hand_overs__in=hand_overs)
        .distinct()
        .prefetch_related("warungs")
        for pk in [warung.pk for warung in owner.warungs.all()]
    }
    for one in hand_overs:
        owner = owners.get(one.warung_id)
        if owner is None:
            continue
        total = one.total if step == "hand_over" else one.planned
        with override(owner.language):
            names = {"cycle": one.cycle.name, "total": rupiah_text(total)}
            yield notice(
                user=owner,
                subject=str(subject) % names,
                body=str(body) % names,
                path=reverse("procurement:goods", args=[one.cycle.number]),
                dedupe=f"handover.{one.number}.{step}.{one.attempt}",
            )
