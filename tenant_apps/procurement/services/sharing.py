"""What came is shared out: fairly, or as the Satker shifts it by hand, and set aside for each warung."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.procurement.allotting import Given, Sharing, given_of, sharings
from tenant_apps.procurement.errors import BadShare, NothingToShare, ReasonMissing
from tenant_apps.procurement.locks import lock_cycle
from tenant_apps.procurement.models import (
    Allotment,
    Cycle,
    CycleState,
    Distribution,
    HandOver,
    HandOverEvent,
    HandOverLine,
    HandOverState,
)
from tenant_apps.procurement.services.advancing import advance
from tenant_apps.procurement.services.announcing_goods import tell_of_goods
from tenant_apps.procurement.services.routing import plan_routes
from tenant_apps.stock.services import Line, location_of_satker, reserve
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.numbers import new_number

AT_ONCE = 1_000


def confirm_distribution(
    *, cycle: Cycle, key: UUID, by: str, units: Mapping[int, int] | None = None, reason: str = ""
) -> Distribution:
    """Everything that came is shared out, and set aside for the warungs. The same key finds the same distribution.

    Units:   `units` by part id, where somebody gets other than the fair number; those that are not named get what is fair.
    Raises:  NothingToShare; BadShare where the units of a line do not sum to what came, or a warung would get more than it
             takes; ReasonMissing for other than fair numbers without a reason; StaleDocument; StockShort where the goods
             lie there no more. Then nothing has changed.
    Writes:  distribution, allotments, hand-overs; stock is reserved at the Satker; routes for warungs that have none; outbox.
    """
    with transaction.atomic():
        cycle = lock_cycle(cycle)
        before = Distribution.objects.filter(key=key).first()
        if before is not None:
            return before
        if cycle.state != CycleState.RECEIVING:
            raise StaleDocument(_("This cycle has nothing to share out now. Look at it again."))
        found = sharings(cycle)
        if not found:
            raise NothingToShare(_("Everything that has come is shared out already."))
        given = _given(found, units or {})
        shifted = any(one.shifted for one in given)
        reason = reason.strip()[:240]
        if shifted and not reason:
            raise ReasonMissing(_("Write down why somebody gets other than the fair number."))
        distribution = Distribution.objects.create(
            cycle=cycle,
            number=Distribution.objects.filter(cycle=cycle).count() + 1,
            key=key,
            reason=reason if shifted else "",
            by=by,
        )
        Allotment.objects.bulk_create(
            [
                Allotment(
                    distribution=distribution,
                    part=one.part,
                    units=one.units,
                    shifted=one.shifted,
                    base_quantity=one.base_quantity,
                    amount=one.amount,
                )
                for one in given
            ],
            batch_size=AT_ONCE,
        )
        _set_aside(cycle, distribution, given, by)
        advance(cycle, by=by)
    return distribution


def _given(found: Sequence[Sharing], units: Mapping[int, int]) -> list[Given]:
    known = {share.part.pk for sharing in found for share in sharing.shares}
    if units.keys() - known:
        raise BadShare(_("This has a line that is not shared out. Look at it again."))
    given: list[Given] = []
    for sharing in found:
        name = sharing.line.good.product_name
        for share in sharing.shares:
            wanted = units.get(share.part.pk, share.fair)
            if wanted != share.fair and not 0 <= wanted <= share.most:
                raise BadShare(
                    _("%(product)s: %(warung)s takes %(most)s at most.")
                    % {"product": name, "warung": share.warung or _("the Satker"), "most": max(share.most, 0)},
                    part_id=share.part.pk,
                )
        total = sum(units.get(share.part.pk, share.fair) for share in sharing.shares)
        if total != sharing.units:
            raise BadShare(
                _("%(product)s: you share out %(total)s, and %(units)s came.")
                % {"product": name, "total": total, "units": sharing.units},
                line_id=sharing.line.pk,
            )
        given += given_of(sharing, units)
    return [one for one in given if one.units or one.shifted]


def _set_aside(cycle: Cycle, distribution: Distribution, given: Iterable[Given], by: str) -> None:
    """A hand-over for each warung, with its goods promised at the Satker."""
    by_warung: dict[int, dict[int, list[Given]]] = defaultdict(lambda: defaultdict(list))
    warungs = {}
    for one in given:
        warung = one.part.line.order.warung
        if warung is not None and one.units:
            warungs[warung.pk] = warung
            by_warung[warung.pk][one.part.line_id].append(one)
    if not by_warung:
        return
    plan_routes(cycle, warungs.values())
    moment = clock.now()
    numbers = _numbers(len(by_warung))
    hand_overs = HandOver.objects.bulk_create(
        [
            HandOver(
                number=numbers[at],
                cycle=cycle,
                distribution=distribution,
                warung=warungs[pk],
                code=f"{secrets.randbelow(1_000_000):06}",
                planned=sum(one.amount for own in lines.values() for one in own),
                moved_at=moment,
            )
            for at, (pk, lines) in enumerate(sorted(by_warung.items()))
        ],
        batch_size=AT_ONCE,
    )
    goods = {good.pk: good for good in cycle.goods.all()}
    rows = []
    for hand_over in hand_overs:
        for line_id, own in sorted(by_warung[hand_over.warung_id].items()):
            line = own[0].part.line
            good = goods[line.good_id]
            rows.append(
                HandOverLine(
                    hand_over=hand_over,
                    line_id=line_id,
                    product_id=good.product_id,
                    pack_id=good.pack_id,
                    product_name=good.product_name,
                    pack_label=good.pack_label,
                    base_unit=good.base_unit,
                    units=sum(one.units for one in own),
                    base_quantity=sum(one.base_quantity for one in own),
                    price=line.price,
                    amount=sum(one.amount for one in own),
                )
            )
    HandOverLine.objects.bulk_create(rows, batch_size=AT_ONCE)
    HandOverEvent.objects.bulk_create(
        [
            HandOverEvent(hand_over=one, move="plan", after=HandOverState.PICKING, by=by, at=moment)
            for one in hand_overs
        ],
        batch_size=AT_ONCE,
    )
    reserve(
        location=location_of_satker(cycle.satker),
        lines=[Line(row.product_id, row.base_quantity) for row in rows],
        reference=f"distribution:{cycle.number}:{distribution.number}",
        by=by,
    )
    tell_of_goods(hand_overs, "plan")


def _numbers(count: int) -> list[str]:
    """Numbers that no hand-over has."""
    found: set[str] = set()
    while len(found) < count:
        found |= {new_number() for _place in range(count - len(found))}
        found -= set(HandOver.objects.filter(number__in=found).values_list("number", flat=True))
    return sorted(found)
