"""What an answer shows: tokens of whom, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shared_apps.leak_probe.models import ProbeFinding
from shared_apps.leak_probe.services.asking import Answer

TOKEN = re.compile(r"wzp-[0-9a-f]{32}")
# The page that says nothing else, on which the token must stand twice: by the table and by the cache.
MARK = "/sidik/"

KIND, WHERE = ProbeFinding.Kind, ProbeFinding.Where


@dataclass(frozen=True, slots=True)
class Sight:
    """A finding in one answer. `token` is the other's, empty where that is not what was found."""

    kind: str
    where: str = WHERE.BODY
    token: str = ""


def own_tokens(own: str, answer: Answer) -> int:
    """How often the asked region's own token stands in it."""
    return sum(token == own for text in (answer.headers, answer.body) for token in TOKEN.findall(text))


def foreign(own: str, answer: Answer) -> Iterator[Sight]:
    """Each token that is not the asked region's own, once for the headers and once for the page."""
    for where, text in ((WHERE.HEADER, answer.headers), (WHERE.BODY, answer.body)):
        for token in sorted({*TOKEN.findall(text)} - {own}):
            yield Sight(KIND.LEAK, where, token)


def look(own: str, path: str, answer: Answer) -> list[Sight]:
    """All that is wrong with this answer of a region that is open. `own`: its token."""
    found = list(foreign(own, answer))
    if answer.failure or answer.status >= 500:
        found.append(Sight(KIND.UNREACHABLE))
    elif path == MARK and not found and len(_lines_with(own, answer)) < 2:
        found.append(Sight(KIND.BLIND))
    return found


def _lines_with(own: str, answer: Answer) -> list[str]:
    return [line for line in answer.body.splitlines() if own in line]
