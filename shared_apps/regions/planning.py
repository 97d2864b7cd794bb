"""What a new release of the areas would change here, worked out before anything is written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from shared_apps.regions.errors import WrongTrace
from shared_apps.regions.models import ChangeKind, Level
from shared_apps.regions.source import AreaRow, Release


@dataclass(frozen=True, slots=True)
class Trace:
    """What a reviewer knows and the lists do not say: "this village was split from that one"."""

    kind: ChangeKind
    old_code: str
    new_code: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the review, and later one row of `AreaChange`."""

    kind: ChangeKind
    old_code: str = ""
    new_code: str = ""
    old_name: str = ""
    new_name: str = ""
    note: str = ""

    def __str__(self) -> str:
        old = f"{self.old_code} {self.old_name}".strip()
        new = f"{self.new_code} {self.new_name}".strip()
        text = f"{self.kind.value:8} " + " → ".join(part for part in (old, new) if part)
        return f"{text}  ({self.note})" if self.note else text


@dataclass(frozen=True)
class UpdatePlan:
    """A reviewed step from the present areas to a release. Only the state it was made for accepts it."""

    base_checksum: str
    release: Release
    changes: tuple[Change, ...]
    upserts: tuple[AreaRow, ...]
    retired: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Nothing here would change."""
        return not (self.changes or self.upserts or self.retired)

    @property
    def counts(self) -> Mapping[ChangeKind, int]:
        """How many changes of each kind."""
        counted = Counter(change.kind for change in self.changes)
        return {kind: counted[kind] for kind in ChangeKind}

    def of_kind(self, kind: ChangeKind) -> list[Change]:
        """The changes of one kind."""
        return [change for change in self.changes if change.kind == kind]

    def lines(self) -> Iterator[str]:
        """The plan as a person reads it: renames, moves, splits, additions, removals, and silent refreshes."""
        yield f"{self.release.package} {self.release.version}"
        for kind in ChangeKind:
            for change in self.of_kind(kind):
                yield str(change)
        named = {change.new_code for change in self.changes}
        refreshed = sum(row.code not in named for row in self.upserts)
        if refreshed:
            yield f"refresh  {refreshed} × postal code, kind or search words"


def compare(
    *, base_checksum: str, now: Mapping[str, AreaRow], release: Release, traces: Iterable[Trace] = ()
) -> UpdatePlan:
    """The plan that leads from the areas in force to the release.

    A code that stays with another name is renamed. A code that vanishes while its name appears under another code has
    moved. From the children that moved follow the splits and mergers of their parents. What nothing explains is new
    or retired; `traces` says it where the reviewer knows better, and replaces what was worked out.

    Raises:  WrongTrace when a trace names a code that the plan does not touch.
    """
    then = release.by_code
    gone = sorted(set(now) - set(then))
    come = sorted(set(then) - set(now))
    moved = _moved(gone, come, now, then)
    known = list(_follow_children(moved, now, then))
    moved.update({one.old_code: one.new_code for one in known if one.kind == ChangeKind.MOVED})
    known = [one for one in known if one.kind != ChangeKind.MOVED]
    known += [Trace(ChangeKind.MOVED, old, new) for old, new in sorted(moved.items())]

    stated = list(traces)
    for one in stated:
        _check(one, now, then)
    told = {one.new_code for one in stated if one.new_code} | {one.old_code for one in stated if one.old_code in gone}
    known = [one for one in known if one.new_code not in told and one.old_code not in told]
    known += stated

    explained_old = {one.old_code for one in known}
    explained_new = {one.new_code for one in known}
    known += [Trace(ChangeKind.NEW, "", code) for code in come if code not in explained_new]
    known += [Trace(ChangeKind.RETIRED, code, "") for code in gone if code not in explained_old]
    known += [
        Trace(ChangeKind.RENAMED, code, code)
        for code, row in then.items()
        if code in now and now[code].name != row.name
    ]
    changes = [
        Change(
            kind=one.kind,
            old_code=one.old_code,
            new_code=one.new_code,
            old_name=now[one.old_code].name if one.old_code in now else "",
            new_name=then[one.new_code].name if one.new_code in then else "",
            note=one.note,
        )
        for one in known
    ]
    return UpdatePlan(
        base_checksum=base_checksum,
        release=release,
        changes=tuple(sorted(changes, key=lambda c: (c.old_code or c.new_code, c.new_code, c.kind))),
        upserts=tuple(row for row in release.rows if now.get(row.code) != row),
        retired=tuple(gone),
    )


def _moved(
    gone: Iterable[str], come: Iterable[str], now: Mapping[str, AreaRow], then: Mapping[str, AreaRow]
) -> dict[str, str]:
    """Old code to new code for areas that kept level and name. Parents first, so that children follow them."""
    by_name: dict[tuple[Level, str], list[str]] = defaultdict(list)
    for code in come:
        by_name[then[code].level, then[code].search_text].append(code)
    same_name_gone = Counter((now[code].level, now[code].search_text) for code in gone)
    moved: dict[str, str] = {}
    for code in sorted(gone, key=lambda code: (code.count("."), code)):
        row = now[code]
        name = (row.level, row.search_text)
        follows = moved.get(row.parent_code, row.parent_code)
        options = by_name[name]
        beside = [new for new in options if then[new].parent_code == follows]
        # A common village name proves nothing far away: without its parent it must be the only one of its name.
        if not beside and len(options) == 1 and same_name_gone[name] == 1:
            beside = options
        if len(beside) == 1:
            moved[code] = beside[0]
            options.remove(beside[0])
    return moved


def _follow_children(
    moved: Mapping[str, str], now: Mapping[str, AreaRow], then: Mapping[str, AreaRow]
) -> Iterator[Trace]:
    """What the moves of children say about their parents, from the districts up."""
    follow = dict(moved)
    for level in (Level.DISTRICT, Level.REGENCY, Level.PROVINCE):
        homes: dict[str, set[str]] = defaultdict(set)
        for old, new in sorted(follow.items()):
            if now[old].parent_code and now[now[old].parent_code].level == level:
                homes[now[old].parent_code].add(then[new].parent_code)
        for parent, found in sorted(homes.items()):
            others = sorted(found - {parent, follow.get(parent, parent)})
            if not others:
                continue
            if parent in then or parent in follow:
                # The parent lives on; what it gave to a new area is a split, to a neighbour only the children's move.
                kinds = [(ChangeKind.SPLIT, new) for new in others if new not in now]
            elif len(others) > 1:
                kinds = [(ChangeKind.SPLIT, new) for new in others]
            elif others[0] in now:
                kinds = [(ChangeKind.MERGED, others[0])]
            else:
                follow[parent] = others[0]
                kinds = [(ChangeKind.MOVED, others[0])]
            taken = set(moved.values())
            for kind, new in kinds:
                if new not in taken:
                    yield Trace(kind, parent, new)


def _check(trace: Trace, now: Mapping[str, AreaRow], then: Mapping[str, AreaRow]) -> None:
    old_fits = trace.old_code in now if trace.old_code else trace.kind == ChangeKind.NEW
    new_fits = trace.new_code in then if trace.new_code else trace.kind == ChangeKind.RETIRED
    touches = trace.new_code not in now or trace.old_code not in then
    if not (old_fits and new_fits and touches):
        raise WrongTrace(
            _("The trace %(kind)s %(old)s → %(new)s does not fit this update. Check both codes.")
            % {"kind": trace.kind.value, "old": trace.old_code or "–", "new": trace.new_code or "–"}
        )
