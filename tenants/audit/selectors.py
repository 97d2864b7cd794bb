"""Reading the log, and proving that nothing is missing from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet

from tenants.audit.models import AuditEvent

LONGEST_TEXT = 120
# What a row's digest is made of, exactly as the trigger makes it.
CHAINED = """encode(sha256(convert_to(jsonb_build_array(id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
 actor, action, target, region, reason_digest, details, request, previous)::text, 'UTF8')), 'hex')"""
WORDS = "encode(sha256(convert_to(reason, 'UTF8')), 'hex')"
# One pass, in the order of the primary key: each row against the one before it.
_BROKEN = f"""
SELECT id, before, id - coalesce(before, 0) - 1, previous IS DISTINCT FROM coalesce(digest_before, ''),
       digest IS DISTINCT FROM computed, reason_digest IS DISTINCT FROM words
FROM (SELECT id, previous, digest, reason_digest, {CHAINED} AS computed, {WORDS} AS words,
             lag(id) OVER (ORDER BY id) AS before, lag(digest) OVER (ORDER BY id) AS digest_before
      FROM audit_auditevent) AS chain
WHERE id <> coalesce(before, 0) + 1 OR previous IS DISTINCT FROM coalesce(digest_before, '')
   OR digest IS DISTINCT FROM computed OR (%s AND reason_digest IS DISTINCT FROM words)
ORDER BY id LIMIT %s
"""
_END = """
SELECT coalesce(head.last, 0), coalesce(head.digest, ''), coalesce(end_.id, 0), coalesce(end_.digest, '')
FROM (SELECT 1) AS one LEFT JOIN audit_audithead AS head ON true
LEFT JOIN (SELECT id, digest FROM audit_auditevent ORDER BY id DESC LIMIT 1) AS end_ ON true
"""
MOST_FINDINGS = 100


@dataclass(frozen=True)
class Finding:
    """Something is wrong with the chain at row `at`. `what`: "missing" (`rows` of them before it), "changed", "unchained",
    "end" (rows are missing after it), or "words": a reason's text is another than was written, as after an erasure.
    """

    what: str
    at: int
    rows: int = 0


def findings(*, words: bool = True) -> list[Finding]:
    """What is wrong with the log where one works, the oldest first, at most MOST_FINDINGS; empty when it is whole.

    Without `words`: not the reasons whose text was changed, which erasures do.

    Reads every row once: for a job or a page of its own, not for each page.
    """
    found: list[Finding] = []
    with connection.cursor() as cursor:
        cursor.execute(_BROKEN, [words, MOST_FINDINGS])
        for number, _before, missing, unchained, changed, reworded in cursor.fetchall():
            if missing:
                found.append(Finding("missing", number, missing))
            elif unchained:
                found.append(Finding("unchained", number))
            if changed:
                found.append(Finding("changed", number))
            if reworded and words:
                found.append(Finding("words", number))
        cursor.execute(_END)
        last, head, number, digest = cursor.fetchone()
    if (last, head) != (number, digest):
        found.append(Finding("end", number, max(last - number, 0)))
    return found


def head() -> tuple[int, str]:
    """The number and digest of the newest row: what an anchor elsewhere is compared with. (0, "") before the first."""
    newest = AuditEvent.objects.values_list("pk", "digest").first()
    return newest or (0, "")


def holds(number: int, digest: str) -> bool:
    """Whether the log still has the row that somebody noted down elsewhere."""
    return number == 0 or AuditEvent.objects.filter(pk=number, digest=digest).exists()


def events(
    *,
    text: str = "",
    action: str = "",
    actor: str = "",
    region: UUID | None = None,
    since: date | None = None,
    until: date | None = None,
    zone: str = "Asia/Jakarta",
) -> QuerySet[AuditEvent]:
    """The log, the newest first. `text` is looked for in what, of what, who and why; days are whole, in `zone`."""
    rows = AuditEvent.objects.all()
    wanted = text.replace("\x00", "").strip()[:LONGEST_TEXT]
    if wanted:
        rows = rows.filter(
            Q(action__icontains=wanted)
            | Q(target__icontains=wanted)
            | Q(reason__icontains=wanted)
            | Q(actor__icontains=wanted)
        )
    if action:
        rows = rows.filter(action=action[:LONGEST_TEXT])
    if actor:
        rows = rows.filter(actor=actor[:LONGEST_TEXT])
    if region is not None:
        rows = rows.filter(region=region)
    if since is not None:
        rows = rows.filter(at__gte=_midnight(since, zone))
    if until is not None:
        rows = rows.filter(at__lt=_midnight(until + timedelta(days=1), zone))
    return rows


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(zone))
