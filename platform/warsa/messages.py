"""Texts for translators, by Babel alone: no gettext program is needed.

`warsa messages update` gathers the texts of each app into <app>/locale/id/LC_MESSAGES/django.po, `check` fails on what is
untranslated, unsure or stale, `compile` writes the .mo files (never committed).
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
PLACES = (
    "platform/warsa",
    "platform/warsa/ui",
    "tenants",
    "tenants/identity",
    "tenants/fleet",
    "tenants/lifecycle",
    "shared_apps/*",
    "tenant_apps/*",
)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]")


def app_folders() -> list[Path]:
    """Every folder that keeps its own texts."""
    found = [path for place in PLACES for path in sorted(ROOT.glob(place))]
    return [path for path in found if (path / "__init__.py").exists()]


def _sources(app: Path) -> Iterator[Path]:
    inner = [other for other in app_folders() if other != app and app in other.parents]
    for path in sorted(app.rglob("*")):
        if path.suffix in (".py", ".html", ".txt") and not any(other in path.parents for other in inner):
            yield path


def gather(app: Path) -> Catalog:
    """All marked texts of one app."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=False)
    from django.utils.translation.template import templatize

    catalog = Catalog(locale="id", project="WARSA", fuzzy=False)
    for path in _sources(app):
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            text = templatize(text, origin=str(path))
        for _line, ids, _comments, context in extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS):
            if ids and ids != ("", ""):
                catalog.add(ids, context=context, flags=("python-format",) if PLACEHOLDER.search(str(ids)) else ())
    return catalog


def po_file(app: Path) -> Path:
    return app / "locale" / "id" / "LC_MESSAGES" / "django.po"


def kept(app: Path) -> Catalog:
    """What translators have written so far."""
    path = po_file(app)
    if not path.exists():
        return Catalog(locale="id", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale="id")


def update(app: Path) -> None:
    new, old = gather(app), kept(app)
    for message in new:
        before = old.get(message.id, message.context) if message.id else None
        if before is not None:
            message.string = before.string
    path = po_file(app)
    if len(new) == 0:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, new, sort_output=True, omit_header=False, no_location=True, width=120)
    # Dates and tool versions would change the file at every run.
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    noise = (
        '"POT-Creation-Date',
        '"PO-Revision-Date',
        '"Generated-By',
        '"Last-Translator',
        '"Language-Team',
        '"Report-',
    )
    body = [line for line in lines if not line.startswith(("#", *noise)) or line.startswith("#,")]
    path.write_text("".join(body).replace("#, fuzzy\n", ""), encoding="utf-8")


def faults(app: Path) -> list[str]:
    """What is wrong with an app's texts, one line each."""
    new, old = gather(app), kept(app)
    wrong = []
    for message in new:
        if not message.id:
            continue
        before = old.get(message.id, message.context)
        if before is None or not _complete(before):
            wrong.append(f"not translated: {message.id!r}")
        elif message.fuzzy or before.fuzzy:
            wrong.append(f"unsure: {message.id!r}")
        elif _names(before.id) != _names(before.string):
            wrong.append(f"other placeholders: {message.id!r} -> {before.string!r}")
    stale = [m.id for m in old if m.id and new.get(m.id, m.context) is None]
    return wrong + [f"stale: {text!r}" for text in stale]


def quarrels() -> list[str]:
    """Texts that two apps translate differently, one line each: Django keeps one translation of a text for all apps."""
    known: dict[tuple[str | None, object], dict[str, str]] = {}
    for app in app_folders():
        for message in kept(app):
            if message.id and _complete(message):
                key = (message.context, message.id if isinstance(message.id, str) else tuple(message.id))
                known.setdefault(key, {}).setdefault(str(message.string), str(app.relative_to(ROOT)))
    return [
        f"{text!r} is {' but '.join(f'{word!r} in {app}' for word, app in words.items())}: say which is meant by a context"
        for (_context, text), words in known.items()
        if len(words) > 1
    ]


def _compile(app: Path) -> None:
    """Takes the place of the old file at once: a process that starts meanwhile reads one of the two, never half of one."""
    half = po_file(app).with_suffix(f".{os.getpid()}.mo")
    with half.open("wb") as file:
        write_mo(file, kept(app))
    half.replace(po_file(app).with_suffix(".mo"))


def _complete(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


def _names(texts: object) -> set[str]:
    parts = texts if isinstance(texts, list | tuple) else [texts]
    return {match.group() for part in parts for match in PLACEHOLDER.finditer(str(part))}


def run(arguments: list[str]) -> int:
    """`warsa messages update|check|compile [app …]`; 1 when the check finds something."""
    verb, *names = arguments or ["help"]
    apps = [app for app in app_folders() if not names or app.name in names]
    bad = 0
    if verb == "update":
        for app in apps:
            update(app)
    elif verb == "check":
        for app in apps:
            for fault in faults(app):
                bad += 1
                print(f"{app.relative_to(ROOT)}: {fault}")  # noqa: T201
        for fault in quarrels():
            bad += 1
            print(fault)  # noqa: T201
    elif verb == "compile":
        for app in apps:
            if po_file(app).exists():
                _compile(app)
    else:
        sys.exit("warsa messages update|check|compile [app …]")
    return 1 if bad else 0
