"""Somebody is forgotten: what bookkeeping needs stays under a pseudonym, everything else is gone (UU 27/2022, article 8).

Two steps. The first is a transaction in which every app forgets the person. The second looks through every text of the region
for what still names them (notes of other people, news, what was answered to programs). Either may be killed and comes again.
"""

from __future__ import annotations

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.privacy.errors import NotYet
from tenant_apps.privacy.locks import lock_erasure
from tenant_apps.privacy.models import Erasure, ErasureState
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.numbers import save_numbered
from tenants.personal.people import Person, holders, known
from tenants.personal.sweeping import Needles, sweep

USER = "identity.User"


def hindrances_of(person: Person) -> list[str]:
    """Why this person cannot be forgotten yet, and what they can do about it; none: they can."""
    person = known(person)
    return [reason for one in holders() for reason in one.holder.hindrances(person)]


def ask_erasure(*, person: Person, by: str, reason: str = "") -> Erasure:
    """The person is to be forgotten; their account is shut at once, and a worker carries it out.

    States:  -> ASKED. Somebody who is being forgotten already is not asked for twice.
    Raises:  NotYet with the reasons.
    Writes:  the erasure.
    """
    from tenant_apps.privacy.tasks import carry_out_erasure

    with transaction.atomic():
        person = known(person)
        if person.user is not None:
            user = User.objects.select_for_update(no_key=True).get(pk=person.user.pk)
            before = Erasure.objects.filter(rows__contains={USER: [user.pk]}).first()
            if before is not None:
                return before
        reasons = [reason for one in holders() for reason in one.holder.hindrances(person)]
        if reasons:
            raise NotYet(" ".join(reasons), reasons=reasons)
        rows = {label: sorted(ids) for label, ids in person.rows.items()}
        if person.user is not None:
            rows[USER] = [person.user.pk]
            user.is_active, user.session_epoch = False, user.session_epoch + 1
            user.save(update_fields=["is_active", "session_epoch"])
        made = save_numbered(
            Erasure(
                rows=rows,
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

    States:  ASKED -> DONE. Carried out twice, it changes nothing.
    """
    with transaction.atomic():
        erasure = lock_erasure(erasure_id)
        if erasure.state == ErasureState.DONE:
            return erasure
        person = _person_of(erasure)
        # What was known when it was asked, and since: an earlier try that was killed has forgotten a part of it already.
        needles = Needles.unpacked(erasure.needles).joined(Needles.of(person))
        erasure.needles = needles.packed()
        erasure.save(update_fields=["needles"])
        for one in reversed(holders()):
            one.holder.erase(person)
    swept = sweep(needles)
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


def _person_of(erasure: Erasure) -> Person:
    person = Person(pseudonym=_("Erased %(number)s") % {"number": erasure.number})
    for label, ids in erasure.rows.items():
        for row in apps.get_model(label)._default_manager.filter(pk__in=ids):
            if label == USER and isinstance(row, User):
                person.user = row
            else:
                person.add(row)
    known(person).names.discard(person.pseudonym)
    return person
