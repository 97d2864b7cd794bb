"""Reads of who looked, what was agreed to and who was forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from tenant_apps.accounts.models import Role
from tenant_apps.privacy.models import ConsentEvent, Erasure, RecordAccess
from tenant_apps.warungs.selectors import names_of
from tenants.identity.models import User
from tenants.personal.people import Person


@dataclass(frozen=True)
class Look:
    """One row of the log, as its owner reads it: who it was, and as what they work here."""

    row: RecordAccess
    who: str
    roles: str


def looks_at(subjects: Iterable[UUID], own: str = "") -> QuerySet[RecordAccess]:
    """Who looked, newest first; without what the person (`own` actor) looked at themselves."""
    rows = RecordAccess.objects.filter(subject__in=list(subjects))
    return rows.exclude(by=own) if own else rows


def told(rows: Iterable[RecordAccess]) -> list[Look]:
    """The rows with the names of who looked. One query for all."""
    rows = list(rows)
    names = names_of(row.by for row in rows)
    labels = dict(Role.choices)
    return [
        Look(
            row,
            names.get(row.by, ""),
            ", ".join(str(labels[name]) for name in row.roles.split(",") if name in labels),
        )
        for row in rows
    ]


def consents_of(subjects: Iterable[UUID]) -> QuerySet[ConsentEvent]:
    """What was agreed to and taken back, newest first."""
    return ConsentEvent.objects.filter(subject__in=list(subjects))


def erasure_of(person: Person) -> Erasure | None:
    """By which the person, as `known` completes them, is being forgotten or was."""
    wanted = Q(pk=None)
    for label in (User._meta.label, *person.rows):
        for subject in person.subjects:
            wanted |= Q(rows__contains={label: [str(subject)]})
    return Erasure.objects.filter(wanted).first()


def erasures() -> QuerySet[Erasure]:
    """All of the region, newest first."""
    return Erasure.objects.order_by("-pk")
