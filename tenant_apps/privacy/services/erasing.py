"""Somebody is forgotten: what bookkeeping needs stays under a pseudonym, everything else is gone (UU 27/2022, article 8).

Two steps. The first is a transaction in which every app forgets the person. The second looks through what people have written
(notes of others, news, what was answered to programs) for what still names them. Either may be killed and comes again.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.privacy.errors import NotYet
from tenant_apps.privacy.locks import lock_erasure
from tenant_apps.privacy.models import Erasure, ErasureState
from tenant_apps.privacy.selectors import erasure_of
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.numbers import save_numbered
from tenants.personal.people import Person, hindrances, holders, known
from tenants.personal.sweeping import Needles, sweep

USER = User._meta.label


def hindrances_of(person: Person) -> list[str]:
    """Why this person cannot be forgotten yet, and what they can do about it; none: they can."""
    return hindrances(known(person))


def ask_erasure(*, person: Person, by: str, reason: str = "") -> Erasure:
    """The person is to be forgotten; account, books and bons are shut at once, and a worker carries it out.

    States:  -> ASKED. Somebody who is being forgotten already is not asked for twice.
    Raises:  NotYet with the reasons, and then nothing is shut.
    Writes:  the erasure.
    """
    from tenant_apps.privacy.tasks import carry_out_erasure

    with transaction.atomic():
        person = known(person)
        _shut_unless_open(person)
        before = erasure_of(person)
        if before is not None:
            return before
        made = save_numbered(
            Erasure(
                rows=_rows_of(person),
                needles=Needles.of(person).packed(),
                by=by,
                reason=reason.strip()[:240],
                asked_at=clock.now(),
            )
        )
        carry_out_erasure.on_commit(made.pk)
    return made


def carry_out(erasure_id: int) -> Erasure:
    """Both steps. Not inside a transaction, and never in the web process: it works as the owner of the tables.

    States:  ASKED -> DONE. Carried out twice, it changes nothing. It stays ASKED, with the reasons in `refused`, where something
             of theirs has become open again: in a state of before that was taken back, say.
    """
    with transaction.atomic():
        erasure = lock_erasure(erasure_id)
        if erasure.state == ErasureState.DONE:
            return erasure
        person = _person_of(erasure)
        try:
            with transaction.atomic():
                _shut_unless_open(person)
        except NotYet as refused:
            erasure.refused = refused.context["reasons"]
            erasure.save(update_fields=["refused"])
            return erasure
        # What was known when it was asked, and since: an earlier try that was killed has forgotten a part of it already.
        needles = Needles.unpacked(erasure.needles).joined(Needles.of(person))
        erasure.needles = needles.packed()
        erasure.save(update_fields=["needles"])
        wipes = [wipe for one in holders() for wipe in one.holder.wipes(person)]
        for one in reversed(holders()):
            one.holder.erase(person)
    swept = sweep(needles, wipes)
    with transaction.atomic():
        erasure = lock_erasure(erasure_id)
        if erasure.state == ErasureState.ASKED:
            erasure.state, erasure.done_at, erasure.needles = ErasureState.DONE, clock.now(), ""
            erasure.changed, erasure.refused = swept.changed, list(swept.refused)
            erasure.save(update_fields=["state", "done_at", "needles", "changed", "refused"])
    return erasure


def waiting_erasures() -> list[int]:
    """Ids of those that are still to be carried out, the oldest first."""
    return list(Erasure.objects.filter(state=ErasureState.ASKED).order_by("pk").values_list("pk", flat=True))


def _shut_unless_open(person: Person) -> None:
    for one in holders():
        one.holder.shut(person)
    if reasons := hindrances(person):
        raise NotYet(" ".join(reasons), reasons=reasons)


def _rows_of(person: Person) -> dict[str, list[str]]:
    """By public ids: another state of the region may have given the same number to somebody else."""
    rows: dict[str, list[str]] = {}
    for label, ids in person.rows.items():
        model: Any = apps.get_model(label)
        if any(field.name == "public_id" for field in model._meta.concrete_fields):
            found = model._default_manager.filter(pk__in=ids).order_by("pk").values_list("public_id", flat=True)
            rows[label] = [str(public_id) for public_id in found]
    if person.user is not None:
        rows[USER] = [str(person.user.public_id)]
    return rows


def _person_of(erasure: Erasure) -> Person:
    person = Person(pseudonym=_("Erased %(number)s") % {"number": erasure.number})
    for label, ids in erasure.rows.items():
        for row in apps.get_model(label)._default_manager.filter(public_id__in=ids):
            if isinstance(row, User):
                person.user = row
            else:
                person.add(row)
    return known(person)
