"""What one region gives to others: versions are loaded, chosen, applied to a new region and taken from a live one."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from shared_apps.onboarding.errors import BlueprintChanged, BlueprintNamesPeople, BlueprintUnreadable, NotLive
from shared_apps.onboarding.locks import hold_blueprint
from shared_apps.onboarding.models import Blueprint, BlueprintChoice, BlueprintUse
from tenants import hooks
from tenants.context import in_region
from tenants.kernel import clock
from tenants.models import Region, RegionStatus

FOLDER = Path(__file__).resolve().parents[1] / "blueprints"
DEFAULT = ("kalidoni", 1)
FORMAT = 1
BY_SOFTWARE = "system:blueprints"

# An e-mail address, or an Indonesian phone number as people write it.
_PERSON = re.compile(r"[\w.+-]+@[\w-]+\.\w|(?<!\d)(?:\+?62|0)[ -]?8\d{2}[ -]?\d{3,4}[ -]?\d{2,5}\b")

Progress = Callable[[str, int, int], None]


def digest_of(document: Any) -> str:
    """The same for the same content, however it is laid out."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def load_blueprints(folder: Path = FOLDER) -> list[Blueprint]:
    """Every version that comes with the software is in the table. Loading again changes nothing.

    Raises:  BlueprintUnreadable; BlueprintChanged when a file differs from the version that was loaded before.
    """
    return [_load(path) for path in sorted(folder.glob("*.json"))]


def _load(path: Path) -> Blueprint:
    document = _read(path)
    provenance = document["provenance"]
    blueprint, _fresh = Blueprint.objects.get_or_create(
        slug=document["slug"],
        version=document["version"],
        defaults={
            "name": document["name"],
            "source_note": str(provenance.get("source", "")),
            "document": document,
            "sha256": digest_of(document),
            "by": BY_SOFTWARE,
        },
    )
    if blueprint.sha256 != digest_of(document):
        raise BlueprintChanged(
            _(
                "%(file)s differs from the version that is loaded. A version never changes: give the file the next number."
            )
            % {"file": path.name}
        )
    return blueprint


def _read(path: Path) -> dict[str, Any]:
    unreadable = BlueprintUnreadable(_("%(file)s is not a blueprint of this software.") % {"file": path.name})
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as failure:
        raise unreadable from failure
    shape = {"format": int, "name": str, "slug": str, "version": int, "provenance": dict, "sections": dict}
    if not isinstance(document, dict) or any(not isinstance(document.get(key), kind) for key, kind in shape.items()):
        raise unreadable
    if document["format"] != FORMAT:
        raise unreadable
    return document


def blueprint_for_new_regions() -> Blueprint:
    """The version that an operator chose last; until then Kalidoni's first, loaded if need be."""
    choice = BlueprintChoice.objects.select_related("blueprint").first()
    if choice is not None:
        return choice.blueprint
    slug, version = DEFAULT
    found = Blueprint.objects.filter(slug=slug, version=version).first()
    return found or _load(FOLDER / f"{slug}-{version}.json")


def choose_for_new_regions(*, blueprint: Blueprint, by: str) -> None:
    """New regions copy this version. Choosing it again changes nothing."""
    if blueprint_for_new_regions() != blueprint:
        BlueprintChoice.objects.create(blueprint=blueprint, by=by)


def apply_blueprint(*, region: Region, progress: Progress = lambda *_: None) -> BlueprintUse:
    """The region has what its blueprint gives. Goes on where an earlier run was cut off, with the same version.

    Called on the platform, outside a transaction: each section is applied in the region, in a transaction of its own.
    `progress(section, done, total)` is called before each section and at the end.
    Writes:  the BlueprintUse, section by section.
    """
    use = BlueprintUse.objects.select_related("blueprint").filter(region=region).first()
    if use is None:
        use = BlueprintUse.objects.create(region=region, blueprint=blueprint_for_new_regions())
    given: dict[str, Any] = use.blueprint.document["sections"]
    wanted = [(name, section) for name, section in hooks.sections() if name in given]
    for done, (name, section) in enumerate(wanted):
        progress(name, done, len(wanted))
        if name in use.applied:
            continue
        with in_region(region), transaction.atomic():
            section.apply(given[name])
        # A worker killed before this line applies the section again: sections bear that.
        use.applied = [*use.applied, name]
        use.save(update_fields=["applied"])
    use.not_applied = [name for name in given if name not in use.applied]
    use.applied_at = clock.now()
    use.save(update_fields=["not_applied", "applied_at"])
    progress("", len(wanted), len(wanted))
    return use


def export_blueprint(*, region: Region, by: str, name: str) -> Blueprint:
    """The next version under this name, taken from a live region; the newest one itself if nothing in it has changed.

    Sections that no installed app exports are handed on from the blueprint that the region copied.
    Raises:  NotLive; BlueprintUnreadable for a name without letters; BlueprintNamesPeople for a section with an e-mail
             address or phone number in it.
    """
    slug = slugify(name)[:60].strip("-")
    if not slug:
        raise BlueprintUnreadable(_("Give the blueprint a name with letters."))
    if region.status != RegionStatus.READY:
        raise NotLive(_("%(name)s is not open, so its market cannot be copied now.") % {"name": region.name})
    use = BlueprintUse.objects.select_related("blueprint").filter(region=region).first()
    inherited: dict[str, Any] = use.blueprint.document["sections"] if use else {}
    with in_region(region):
        exported = {section_name: section.export() for section_name, section in hooks.sections()}
    # As the database gives it back, so that it can be compared.
    exported = json.loads(json.dumps(exported))
    sections = {**inherited, **exported}
    _must_hold_nobody(exported)
    with transaction.atomic():
        hold_blueprint(slug)
        newest = Blueprint.objects.filter(slug=slug).first()
        if newest is not None and newest.document["sections"] == sections:
            return newest
        version = newest.version + 1 if newest else 1
        document = {
            "format": FORMAT,
            "name": name.strip(),
            "slug": slug,
            "version": version,
            "provenance": {
                "source": region.name,
                "made_on": clock.today(region.time_zone).isoformat(),
                "copied_from": str(use.blueprint) if use else "",
                "handed_on": sorted(inherited.keys() - exported.keys()),
                "earlier": use.blueprint.document["provenance"] if use else {},
            },
            "sections": sections,
        }
        return Blueprint.objects.create(
            slug=slug,
            version=version,
            name=name.strip(),
            region=region,
            source_note=_("The market of %(name)s") % {"name": region.name},
            document=document,
            sha256=digest_of(document),
            by=by,
        )


def _must_hold_nobody(sections: dict[str, Any]) -> None:
    found = {name: match for name, data in sections.items() for text in _texts(data) if (match := _PERSON.search(text))}
    if found:
        name, match = next(iter(found.items()))
        raise BlueprintNamesPeople(
            _(
                "The section %(section)s holds what looks like somebody's contact: %(text)s. "
                "A blueprint never holds people: take it out in the region and try again."
            )
            % {"section": name, "text": match.group()},
            sections=sorted(found),
        )


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield str(key)
            yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)
