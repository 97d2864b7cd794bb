"""Every change of the official areas: the first load, and reviewed updates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from shared_apps.regions.errors import AreasAlreadyLoaded, AreasNotLoaded, PlanIsStale
from shared_apps.regions.models import Area, AreaChange, AreaSource, Level
from shared_apps.regions.planning import Trace, UpdatePlan, compare
from shared_apps.regions.source import AreaRow, Release, read_release
from tenants.context import as_owner
from tenants.kernel import clock

# Two loads at one time would write the same codes twice.
_LOCK = 1_671_10
_COLUMNS = (
    "code", "level", "name", "source_name", "kind", "parent_id", "postal_code", "search_text", "search_context",
)  # fmt: skip
_REFRESHED = (*(name for name in _COLUMNS if name not in ("code", "parent_id")), "parent", "retired_on")


def load_areas(release: Release | None = None) -> AreaSource:
    """The areas of the release are here; without one, those of the installed package.

    The same version again changes nothing, however often it is asked.

    Raises:  AreasAlreadyLoaded when another version is here: that is an update, and is reviewed first.
    Writes:  Area rows, one AreaSource.
    """
    with as_owner(), transaction.atomic():
        _lock()
        present = current_source()
        wanted = release or (read_release() if present is None or not _is_installed(present) else None)
        if present is not None:
            if wanted is not None and (wanted.package, wanted.version) != (present.package, present.version):
                raise AreasAlreadyLoaded(
                    _("Areas of %(present)s are loaded. See what %(wanted)s changes with: warsa areas diff")
                    % {"present": present, "wanted": f"{wanted.package} {wanted.version}"}
                )
            return present
        assert wanted is not None
        _copy(wanted.rows)
        _ready_for_search()
        return _note(wanted)


def current_source() -> AreaSource | None:
    """The state of areas that is in force, or None before the first load."""
    return AreaSource.objects.order_by("-pk").first()


def plan_update(release: Release | None = None, *, traces: Iterable[Trace] = ()) -> UpdatePlan:
    """What the release (or the installed package with our corrections) would change here. Writes nothing.

    Raises:  AreasNotLoaded before the first load; WrongTrace for a statement that does not fit.
    """
    present = current_source()
    if present is None:
        raise AreasNotLoaded(_("No areas are loaded yet. Load them first with: warsa areas load"))
    return compare(
        base_checksum=present.checksum,
        now=_rows_in_force(),
        release=release or read_release(),
        traces=traces,
    )


def apply_update(plan: UpdatePlan) -> AreaSource:
    """The areas are those of the plan's release, and each change can be traced. Applying twice changes nothing.

    Raises:  PlanIsStale when the areas are no longer those the plan was made for.
    Writes:  Area rows (none is deleted), AreaChange rows, one AreaSource.
    """
    with as_owner(), transaction.atomic():
        _lock()
        present = current_source()
        if present is None:
            raise AreasNotLoaded(_("No areas are loaded yet. Load them first with: warsa areas load"))
        arrived = (present.version, present.checksum) == (plan.release.version, plan.release.checksum)
        if arrived and (plan.is_empty or plan.changes):
            return present
        if present.checksum != plan.base_checksum:
            raise PlanIsStale(_("The areas changed after this plan was made. Look at the differences again."))
        today = clock.today()
        Area.objects.bulk_create(
            [_area(row) for row in plan.upserts],
            batch_size=2_000,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=list(_REFRESHED),
        )
        Area.objects.filter(code__in=plan.retired, retired_on__isnull=True).update(retired_on=today)
        AreaChange.objects.bulk_create(
            [
                AreaChange(
                    kind=change.kind,
                    old_code=change.old_code,
                    new_code=change.new_code,
                    old_name=change.old_name,
                    new_name=change.new_name,
                    source_version=plan.release.version,
                    changed_on=today,
                    note=change.note,
                )
                for change in plan.changes
            ],
            batch_size=2_000,
        )
        _ready_for_search()
        return present if arrived else _note(plan.release)


def _is_installed(present: AreaSource) -> bool:
    """Whether the loaded version is the installed one, without reading the package's data."""
    from importlib import metadata

    return metadata.version(present.package) == present.version


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _values(row: AreaRow) -> Sequence[str | None]:
    return (
        row.code,
        row.level.value,
        row.name,
        row.source_name,
        row.kind,
        row.parent_code or None,
        row.postal_code,
        row.search_text,
        row.search_context,
    )


def _area(row: AreaRow) -> Area:
    return Area(**dict(zip(_COLUMNS, _values(row), strict=True)))


def _copy(rows: Iterable[AreaRow]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY regions_area ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(_values(row))


def _ready_for_search() -> None:
    # Both are for the owner of the table alone.
    with connection.cursor() as cursor:
        # New rows wait in a list of the index, and until it is emptied each search reads it from end to end.
        cursor.execute("SELECT gin_clean_pending_list('regions_area_search')")
        # The planner chooses the search index only when it knows how many rows there are.
        cursor.execute("ANALYZE regions_area")


def _rows_in_force() -> dict[str, AreaRow]:
    fields = ("code", "name", "source_name", "kind", "postal_code", "search_text", "search_context")
    areas: Iterable[dict[str, Any]] = Area.objects.filter(retired_on__isnull=True).values(*fields)
    return {area["code"]: AreaRow(**area) for area in areas}


def _note(release: Release) -> AreaSource:
    return AreaSource.objects.create(
        package=release.package,
        version=release.version,
        licence=release.licence,
        provinces=release.counts[Level.PROVINCE],
        regencies=release.counts[Level.REGENCY],
        districts=release.counts[Level.DISTRICT],
        villages=release.counts[Level.VILLAGE],
        checksum=release.checksum,
    )
