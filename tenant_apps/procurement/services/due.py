"""What happens to cycles when their time is up."""

from __future__ import annotations

import logging

from django.utils.translation import gettext as _

from tenant_apps.procurement.models import Cycle, CycleState
from tenant_apps.procurement.services.cycling import cancel_cycle, close_cycle
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

log = logging.getLogger(__name__)

CLOCK = "system:clock"


def close_due_cycles() -> int:
    """Open cycles whose time is up are closed; one in which nobody ordered is cancelled. Returns how many ended."""
    done = 0
    for cycle in Cycle.objects.filter(state=CycleState.OPEN, closes_at__lte=clock.now()).order_by("closes_at", "pk"):
        try:
            if cycle.lines.exists():
                close_cycle(cycle=cycle, by=CLOCK)
            else:
                cancel_cycle(cycle=cycle, reason=_("Nobody ordered anything."), by=CLOCK)
        except DomainError as refused:
            # Somebody was faster, or an order came in between: the next question finds it.
            log.info("cycle %s was not closed: %s", cycle.number, refused.code)
        else:
            done += 1
    return done
