"""Warungs go with their kecamatan from the region that let it go to the new one.

Offered by the old region's admin, accepted by the new one's. What is owed must be settled before; the preview says what goes.
A worker does it, part by part; killed anywhere, the next one goes on. Docs: docs/lifecycle.md.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shared_apps.onboarding.errors import ConsentMissing, Incomplete
from shared_apps.onboarding.models import CarveOut, WarungMove
from shared_apps.onboarding.moving_parts import Arrived, MovingPart, parts
from shared_apps.regions.selectors import villages_under
from tenants.context import in_region, on_platform
from tenants.errors import OutOfRegion
from tenants.kernel.errors import StaleDocument
from tenants.kernel.moves import move
from tenants.lifecycle.history import note
from tenants.locks import alone
from tenants.models import Region, RegionStatus

State = WarungMove.State
BY = "system:carving"
_SPACE = 0x57_4D  # "WM"


def moves_of(region: Region) -> list[WarungMove]:
    """Moves that the region gives or gets, the newest first."""
    with on_platform():
        rows = WarungMove.objects.select_related("carve_out", "source", "target")
        return [*rows.filter(source=region), *rows.filter(target=region)]


def move_of(region: Region, public_id: Any) -> WarungMove | None:
    """The move, if the region has part in it; another region's and none at all answer alike."""
    return next((one for one in moves_of(region) if one.public_id == public_id), None)


def obstacles_for(found: WarungMove, region: Region) -> list[str]:
    """What must be settled first, as this region may read it: sentences with people's names and sums stay in their own."""
    told = found.obstacles or (found.preview.get("obstacles", []) if found.state == State.OFFERED else [])
    if region.pk == found.source_id or not told:
        return list(told)
    return [
        ngettext(
            "%(count)s thing must be settled in %(name)s first.",
            "%(count)s things must be settled in %(name)s first.",
            len(told),
        )
        % {"count": len(told), "name": found.source.name}
    ]


def may_offer(request: CarveOut) -> bool:
    """Whether the kecamatan of this request have gone and their warungs have not been offered. In the asked region."""
    with on_platform():
        return (
            request.state == CarveOut.State.CARVED
            and not WarungMove.objects.filter(carve_out=request).exclude(state=State.REFUSED).exists()
        )


def offer(*, request: CarveOut, region: Region, by: str) -> WarungMove:
    """The region lets the warungs of the carved kecamatan go, if the new one takes them. Offering twice is one offer.

    Raises:  ConsentMissing before the kecamatan have gone; OutOfRegion for another region's request.
    """
    from shared_apps.onboarding.tasks import preview_move

    with on_platform(), transaction.atomic():
        held = CarveOut.objects.select_for_update(of=("self",)).select_related("registration").get(pk=request.pk)
        if held.region_id != region.pk:
            raise OutOfRegion(f"{held!r} was not made to this region")
        if held.state != CarveOut.State.CARVED or held.registration.region_id is None:
            raise ConsentMissing(_("The new region is not open yet: its kecamatan are still yours."))
        there = WarungMove.objects.filter(carve_out=held).exclude(state=State.REFUSED).first()
        if there is not None:
            return there
        target = Region.objects.get(pk=held.registration.region_id)
        made: WarungMove = WarungMove.objects.create(carve_out=held, source=region, target=target, by=by)
        _note(made, "offer_warungs", by)
        preview_move.on_commit(made.pk)
    return made


def accept(*, found: WarungMove, region: Region, by: str) -> bool:
    """The new region takes the warungs, and a worker begins. Accepting twice changes nothing.

    Raises:  OutOfRegion for a move to another region; StaleDocument.
    """
    from shared_apps.onboarding.tasks import move_warungs

    _must_be_target(found, region)
    with on_platform(), transaction.atomic():
        changed = move(found, "accept", by=by)
        if changed:
            move_warungs.on_commit(found.pk)
    return changed


def refuse(*, found: WarungMove, region: Region, by: str, reason: str) -> bool:
    """The new region does not take them, or the old one keeps them after all, as long as nothing has gone.

    Warungs that a worker has paused for it open again.
    Raises:  Incomplete without a reason; OutOfRegion; StaleDocument.
    """
    from shared_apps.onboarding.tasks import move_warungs

    if region.pk not in (found.source_id, found.target_id):
        raise OutOfRegion(f"{found!r} is no matter of this region")
    if not reason.strip():
        raise Incomplete(_("Say why, so that the other region knows what to do."))
    with on_platform(), transaction.atomic():
        changed = move(found, "refuse", by=by, reason=reason)
        if changed:
            move_warungs.on_commit(found.pk)
    return changed


def retry(*, found: WarungMove) -> None:
    """What stood in the way is settled: a worker tries again. On commit of the caller."""
    from shared_apps.onboarding.tasks import move_warungs

    with on_platform(), transaction.atomic():
        move_warungs.on_commit(found.pk)


def preview(found: WarungMove) -> dict[str, Any]:
    """What would go and what stands in the way; nothing changes. Not inside a transaction; for a worker.

    Writes:  the move's `preview`.
    """
    villages = _villages(found)
    told: dict[str, Any] = {"obstacles": _obstacles(found, villages), "parts": {}}
    with in_region(found.source):
        for name, part in parts():
            data = part.take(villages)
            if data is not None:
                told["parts"][name] = part.count(data)
    with in_region(found.target):
        told["there"] = {name: part.count(part.take(villages)) for name, part in parts() if name in told["parts"]}
    with on_platform():
        WarungMove.objects.filter(pk=found.pk).update(preview=told)
    found.preview = told
    return told


def carry_out(found: WarungMove) -> str:
    """The warungs go, or the list of what must be settled is written. Returns the state afterwards.

    States:  accepted -> moving -> moved. Back to accepted, and nothing has changed, where something must be settled; under
             way it waits while a region is not open. Of a refused one, paused warungs open again.
    Not inside a transaction; safe to repeat, and only one process does it at a time.
    """
    with on_platform(), alone(_SPACE, found.pk) as mine:
        if not mine:
            return str(found.state)
        found.refresh_from_db(from_queryset=WarungMove.objects.select_related("carve_out", "source", "target"))
        if found.state == State.ACCEPTED:
            _begin(found)
        if found.state == State.MOVING and _both_open(found):
            _go(found)
        if found.state == State.REFUSED:
            _let_go(found)
    return str(found.state)


def unfinished() -> list[int]:
    """Moves that a killed worker left behind. On the platform."""
    return list(WarungMove.objects.filter(state=State.MOVING).values_list("pk", flat=True))


def _begin(found: WarungMove) -> None:
    if not _both_open(found):
        _let_go(found)
        return
    villages = _villages(found)
    stand = _obstacles(found, villages)
    if not stand:
        with in_region(found.source):
            for _name, part in parts():
                part.hold(villages, by=BY)
        # An order may have come in the moment before the warungs paused.
        stand = _obstacles(found, villages)
    _write(found, stand)
    if stand:
        _let_go(found)
        return
    try:
        with transaction.atomic():
            move(found, "begin", by=BY)
    except StaleDocument:
        # Refused meanwhile: `carry_out` lets the warungs go.
        found.refresh_from_db(fields=["state"])


def _both_open(found: WarungMove) -> bool:
    """Whether work may be done in both regions; what is not open is written where people look."""
    shut = [region for region in (found.source, found.target) if region.status != RegionStatus.READY]
    if shut:
        _write(found, [_("%(name)s is not open.") % {"name": region.name} for region in shut])
    elif found.state == State.MOVING:
        _write(found, [])
    return not shut


def _let_go(found: WarungMove) -> None:
    if found.source.status != RegionStatus.READY:
        return
    villages = _villages(found)
    with in_region(found.source):
        for _name, part in parts():
            part.let_go(villages, by=BY)


def _go(found: WarungMove) -> None:
    villages, key = _villages(found), f"carving:{found.public_id}"
    with in_region(found.source):
        taken = [(name, part, part.take(villages)) for name, part in parts()]
    for name, part, data in taken:
        if data is not None:
            arrived = _arrive(found, part, data, key)
            # At once: to the next worker all of it is there already, and nothing was left out.
            told = {name: {"count": arrived.count, "left_out": arrived.left_out}}
            found.result = {**told, **found.result}
            WarungMove.objects.filter(pk=found.pk).update(result=found.result)
    for _name, part, data in reversed(taken):
        if data is not None:
            with in_region(found.source), transaction.atomic():
                part.leave(data, key=key, by=BY)
    with transaction.atomic():
        move(found, "finish", by=BY)


def _arrive(found: WarungMove, part: MovingPart, data: Any, key: str) -> Arrived:
    with in_region(found.target), transaction.atomic(), translation.override("id"):
        return part.arrive(data, key=key, by=BY)


def _obstacles(found: WarungMove, villages: Collection[str]) -> list[str]:
    with in_region(found.source), translation.override("id"):
        return [one for _name, part in parts() for one in part.obstacles(villages)]


def _villages(found: WarungMove) -> list[str]:
    with on_platform():
        return sorted(villages_under(found.carve_out.kecamatan_codes))


def _write(found: WarungMove, obstacles: list[str]) -> None:
    WarungMove.objects.filter(pk=found.pk).update(obstacles=obstacles)
    found.obstacles = obstacles


def _must_be_target(found: WarungMove, region: Region) -> None:
    if found.target_id != region.pk:
        raise OutOfRegion(f"{found!r} does not go to this region")


def _note(found: WarungMove, step: str, by: str, reason: str = "") -> None:
    for region in (found.source, found.target):
        note(region, step, by=by, reason=reason, details={"move": str(found.public_id)})
