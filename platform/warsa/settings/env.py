"""The one reader of the environment. A wrong value stops the start and names itself."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    """The value of NAME, or of the file that NAME_FILE points to."""
    value = os.environ.get(name)
    if value is None and (file := os.environ.get(f"{name}_FILE")):
        try:
            value = Path(file).read_text().strip()
        except OSError as failure:
            raise ImproperlyConfigured(f"{name}_FILE={file!r}: {failure.strerror}") from failure
    if value is None:
        value = default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set")
    return value


def flag(name: str, default: bool) -> bool:
    value = text(name, "true" if default else "false")
    if value not in ("true", "false"):
        raise ImproperlyConfigured(f"{name}={value!r}: write true or false")
    return value == "true"


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError as bad:
        raise ImproperlyConfigured(f"{name}={value!r}: write a whole number") from bad


def words(name: str, default: str = "") -> list[str]:
    return [part for part in text(name, default).replace(",", " ").split() if part]


def pairs(name: str) -> dict[str, str]:
    """NAME="first=secret second=secret" as a table. The refusal does not show what was written."""
    found = {}
    for part in words(name):
        key, sign, value = part.partition("=")
        if not key or not sign or not value:
            raise ImproperlyConfigured(f"{name}: write name=value pairs with spaces between them")
        found[key] = value
    return found


@dataclass(frozen=True)
class AndroidApp:
    """An app that may show a region's site as its own, by the certificate that signs it, from a day on."""

    host: str
    package: str
    fingerprint: str
    since: date


_APP = re.compile(
    r"(?P<host>[a-z0-9.-]+)=(?P<package>[a-zA-Z]\w*(?:\.[a-zA-Z]\w*)+)"
    r",(?P<fingerprint>[0-9A-F]{2}(?::[0-9A-F]{2}){31}),(?P<since>\d{4}-\d{2}-\d{2})"
)


def android_apps(name: str) -> list[AndroidApp]:
    """NAME="<host>=<package>,<SHA-256 of the certificate>,<YYYY-MM-DD> …"."""
    found = []
    for part in text(name, "").split():
        match = _APP.fullmatch(part)
        try:
            since = date.fromisoformat(match["since"]) if match else None
        except ValueError:
            since = None
        if match is None or since is None:
            raise ImproperlyConfigured(f"{name}={part!r}: write host=package,AA:BB:… (32 bytes),2026-01-31")
        found.append(AndroidApp(match["host"], match["package"], match["fingerprint"], since))
    return found


def database(name: str) -> dict[str, object]:
    """A Django database entry from postgresql://user:password@host:port/name?host=/socket/directory&port=5432."""
    url = urlsplit(text(name))
    if url.scheme not in ("postgresql", "postgres"):
        raise ImproperlyConfigured(f"{name}: write postgresql://user:password@host:port/name")
    query = {key: values[-1] for key, values in parse_qs(url.query).items()}
    return {
        "ENGINE": "tenants.backend",
        "NAME": url.path.lstrip("/"),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": query.get("host") or url.hostname or "",
        "PORT": query.get("port") or str(url.port or ""),
    }
