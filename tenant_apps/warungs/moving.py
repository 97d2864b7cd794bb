"""Warungs go with a carved kecamatan: their particulars, hours and place. Their owners are invited anew."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from shared_apps.onboarding.moving_parts import Arrived, MovingPart, moving_part
from tenant_apps.accounts.models import Role
from tenant_apps.warungs.errors import NotReady
from tenant_apps.warungs.models import Kind, Warung, WarungState
from tenant_apps.warungs.services import (
    close_warung,
    invite_to_warung,
    open_warung,
    pause_warung,
    register_warung,
    save_warung,
    set_hours,
)


@dataclass(frozen=True)
class Going:
    """A warung on its way. Its `public_id` stays its own, so that it arrives once."""

    public_id: UUID
    fields: dict[str, Any]
    hours: list[tuple[int, time, time]]
    place: tuple[Decimal | None, Decimal | None]
    minimum_order: int
    # Name, mail address and number of the owner, where there is one.
    owner: tuple[str, str, str] | None


_FIELDS = ("name", "village_code", "rw", "rt", "address", "phone", "delivers", "pickup", "delivery_fee", "note")


def leaving(villages: Collection[str]) -> QuerySet[Warung]:
    """The warungs there that have not ended. Stands of the Satker stay: they are the Satker's."""
    rows = Warung.objects.filter(village_code__in=villages, kind=Kind.WARUNG)
    return rows.exclude(state=WarungState.CLOSED).order_by("pk")


def arrived(public_ids: Collection[UUID]) -> dict[UUID, Warung]:
    """Warungs that came by a move and are here, by the id that they had there."""
    return {one.public_id: one for one in Warung.objects.filter(public_id__in=public_ids)}


@moving_part("warungs", order=20)
class WarungPart(MovingPart):
    def hold(self, villages: Collection[str], *, by: str) -> None:
        for warung in leaving(villages).filter(state=WarungState.OPEN):
            pause_warung(warung=warung, by=by, reason=_("Goes to the new region."))

    def let_go(self, villages: Collection[str], *, by: str) -> None:
        for warung in leaving(villages).filter(state=WarungState.PAUSED):
            last = warung.history.last()
            if last is not None and (last.move, last.by) == ("pause", by):
                # One whose owner has gone meanwhile waits for the next one.
                with suppress(NotReady):
                    open_warung(warung=warung, by=by)

    def take(self, villages: Collection[str]) -> list[Going]:
        return [
            Going(
                one.public_id,
                {name: getattr(one, name) for name in _FIELDS},
                [(row.weekday, row.opens, row.closes) for row in one.hours.all()],
                (one.latitude, one.longitude),
                one.minimum_order,
                (one.owner.name, one.owner.email, one.owner.proven_phone) if one.owner else None,
            )
            for one in leaving(villages).select_related("owner").prefetch_related("hours")
        ]

    def arrive(self, data: list[Going], *, key: str, by: str) -> Arrived:
        told = Arrived()
        here = arrived([one.public_id for one in data])
        for one in data:
            if one.public_id in here:
                continue
            note = one.fields["note"]
            warung = register_warung(by=by, **{name: value for name, value in one.fields.items() if name != "note"})
            Warung.objects.filter(pk=warung.pk).update(
                public_id=one.public_id,
                latitude=one.place[0],
                longitude=one.place[1],
                minimum_order=one.minimum_order,
            )
            warung.refresh_from_db()
            save_warung(warung=warung, **{**one.fields, "note": note})
            set_hours(warung=warung, hours=one.hours)
            told.count += 1
            if one.owner is None or not (one.owner[1] or one.owner[2]):
                told.left_out.append(
                    _("%(name)s has no owner who can be reached: invite one.") % {"name": one.fields["name"]}
                )
                continue
            name, email, phone = one.owner
            invite_to_warung(warung=warung, role=Role.OWNER, name=name, email=email, phone=phone, by=by)
        return told

    def leave(self, data: list[Going], *, key: str, by: str) -> None:
        for warung in arrived([one.public_id for one in data]).values():
            close_warung(warung=warung, by=by, reason=_("Has gone to the new region."))
