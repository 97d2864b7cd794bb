"""Operators turn features on: for everybody, by area, by region, or for a share of all regions."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from shared_apps.care.errors import FlagKnown
from shared_apps.care.locks import held_flag
from shared_apps.care.models import Flag
from tenants.audit.services import record


@dataclass(frozen=True)
class Reach:
    """Where a flag is on. All parts add up; none of them is nowhere."""

    everybody: bool = False
    area_codes: tuple[str, ...] = ()
    region_ids: tuple[UUID, ...] = ()
    percent: int = 0


def make_flag(*, name: str, words: str, reach: Reach, by: str) -> Flag:
    """A new flag. Regions know it within seconds.

    Raises:  FlagKnown.
    """
    try:
        with transaction.atomic():
            flag: Flag = Flag.objects.create(name=name, words=words, changed_by=by, **_columns(reach))
            _write(flag, "made", by=by)
    except IntegrityError as twice:
        raise FlagKnown(_("There is a flag of this name already.")) from twice
    return flag


def change_flag(*, flag: Flag, words: str, reach: Reach, by: str) -> Flag:
    """It is on elsewhere. Its name stays, for the code asks for it."""
    with transaction.atomic():
        flag = held_flag(flag)
        for column, value in {**_columns(reach), "words": words, "changed_by": by}.items():
            setattr(flag, column, value)
        flag.save()
        _write(flag, "changed", by=by)
    return flag


def drop_flag(*, flag: Flag, by: str) -> None:
    """It is off everywhere."""
    with transaction.atomic():
        # The row first, then the log: as in every change.
        flag = held_flag(flag)
        Flag.objects.filter(pk=flag.pk).delete()
        _write(flag, "dropped", by=by)


def _columns(reach: Reach) -> dict[str, object]:
    return {
        "everybody": reach.everybody,
        "area_codes": sorted(set(reach.area_codes)),
        "region_ids": sorted(set(reach.region_ids)),
        "percent": reach.percent,
    }


def _write(flag: Flag, what: str, *, by: str) -> None:
    details = {
        "everybody": flag.everybody,
        "areas": flag.area_codes,
        "regions": [str(one) for one in flag.region_ids],
        "percent": flag.percent,
    }
    record(f"flag.{what}", by=by, target=f"flag:{flag.name}", details=details)
