"""Search for areas that forgives spelling.

A text may name an area ("kalidni") or an area and some that it lies in ("palembang kalidoni"). It is read in all ways
that keep the own name together: each reading has a phrase for the own name and the words left for the surroundings.
The trigram index finds names like the phrase; the score weighs own name and surroundings by their length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from shared_apps.regions.models import Level
from shared_apps.regions.naming import LEVEL_WORDS, WORDS_IN_NAMES, words_of

# Longer texts are addresses; the first words are enough to find an area.
MOST_WORDS = 6
SHORTEST = 2
# Names up to this long share too few trigrams for a likeness to mean something.
_SHORT_NAME = 3

_CODE = re.compile(r"\d{2}(\.\d{2}){0,2}(\.\d{0,4})?\.?")
_POSTAL_CODE = re.compile(r"\d{5}")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the text: the own name, and words that must fit the areas around it."""

    phrase: str
    around: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A text as it was understood."""

    readings: tuple[Reading, ...]
    level: Level | None = None


def understand(text: str) -> Question:
    """The readings of a text. A word such as "kecamatan" asks for a level, and may also belong to the name."""
    words = words_of(text)[:MOST_WORDS]
    named = [word for word in words if word not in LEVEL_WORDS]
    level = next((LEVEL_WORDS[word] for word in words if word in LEVEL_WORDS), None) if named else None
    # "kecamatan" is no part of a name, so a reading with it would only cost time.
    spoken = [word for word in words if word not in LEVEL_WORDS or word in WORDS_IN_NAMES] if named else words
    readings: dict[Reading, None] = {}
    for variant in (named, spoken):
        for reading in _readings(variant):
            readings[reading] = None
    return Question(tuple(readings), level)


def _readings(words: list[str]) -> Iterable[Reading]:
    count = len(words)
    for length in range(count, 0, -1):
        for start in {0, count - length}:
            phrase = "".join(words[start : start + length])
            if len(phrase) >= SHORTEST:
                yield Reading(phrase, (*words[:start], *words[start + length :]))


def search_sql(
    text: str, *, levels: Iterable[Level] = (), within: str = "", limit: int = 10
) -> tuple[str, list[Any]] | None:
    """The query for a text, giving codes in order; None when the text is too short to search."""
    text = text.strip()
    rules, values = _narrowed(levels, within)
    if _POSTAL_CODE.fullmatch(text):
        sql = f"SELECT a.code FROM regions_area a WHERE {rules} AND a.postal_code = %s ORDER BY a.code LIMIT %s"
        return sql, [*values, text, limit]
    if _CODE.fullmatch(text):
        sql = (
            f"SELECT a.code FROM regions_area a WHERE {rules} AND a.code LIKE %s"
            " ORDER BY length(a.code), a.code LIMIT %s"
        )
        return sql, [*values, f"{text}%", limit]
    question = understand(text)
    if not question.readings:
        return None
    # Each reading is a query of its own with its phrase as a constant, so that the planner uses the index.
    parts: list[str] = []
    params: list[Any] = []
    for reading in question.readings:
        part, part_params = _reading_sql(reading, rules, values)
        parts.append(part)
        params += part_params
    order = "CASE a.level WHEN 'province' THEN 1 WHEN 'regency' THEN 2 WHEN 'district' THEN 3 ELSE 4 END"
    sql = f"""
        WITH found AS ({" UNION ALL ".join(parts)}),
             best AS (
                SELECT code, level, max(score) AS score, max(likeness) AS likeness FROM found GROUP BY code, level
             )
        SELECT a.code
        FROM best a
        WHERE a.score > 0
        ORDER BY round(a.score::numeric, 2) DESC, (a.level = %s) DESC, {order}, a.likeness DESC, a.code
        LIMIT %s
    """
    return sql, [*params, question.level.value if question.level else "", limit]


def _narrowed(levels: Iterable[Level], within: str) -> tuple[str, list[Any]]:
    rules = "a.retired_on IS NULL"
    values: list[Any] = []
    wanted = [level.value for level in levels]
    if wanted:
        rules += " AND a.level = ANY(%s)"
        values.append(wanted)
    if within and not _CODE.fullmatch(within):
        rules += " AND false"
    elif within:
        rules += " AND (a.code = %s OR a.code LIKE %s)"
        values += [within, f"{within}.%"]
    return rules, values


def _reading_sql(reading: Reading, rules: str, values: list[Any]) -> tuple[str, list[Any]]:
    phrase, around = reading.phrase, reading.around
    likeness = "similarity(a.search_text, %s)"
    # The name or its beginning counts in full ("lombok" is first of all Kabupaten Lombok Barat), a part of it 0.6,
    # anything else as much as its trigrams agree.
    own = (
        "CASE WHEN a.search_text LIKE %s THEN 1.0"
        f" WHEN a.search_text LIKE %s THEN greatest(0.6, {likeness}) ELSE {likeness} END"
    )
    params: list[Any] = [phrase, f"{phrase}%", f"%{phrase}%", phrase, phrase]
    total = len(phrase) + sum(map(len, around))
    score = f"{len(phrase)} * {own}"
    for word in around:
        score += f" + {len(word)} * word_similarity(%s, a.search_context)"
        params.append(word)
    fits = rules
    fit_params = list(values)
    for word in around:
        fits += " AND word_similarity(%s, a.search_context) >= 0.5"
        fit_params.append(word)
    if len(phrase) > _SHORT_NAME:
        fits += " AND (a.search_text %% %s OR a.search_text LIKE %s)"
        fit_params += [phrase, f"%{phrase}%"]
    else:
        fits += " AND a.search_text LIKE %s"
        fit_params.append(f"{phrase}%")
    sql = (
        f"SELECT a.code, a.level, {likeness} AS likeness, ({score}) / {total} AS score FROM regions_area a WHERE {fits}"
    )
    return sql, [*params, *fit_params]


def found_codes(text: str, *, levels: Iterable[Level] = (), within: str = "", limit: int = 10) -> list[str]:
    """Codes of the areas that fit best, best first."""
    query = search_sql(text, levels=levels, within=within, limit=limit)
    if query is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(*query)
        return [row[0] for row in cursor.fetchall()]
