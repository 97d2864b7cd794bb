"""Two people at once: a supplier keeps an administrator, a NIB is one supplier, and nobody slips in beside who confirmed it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from threading import Barrier, Thread

import pytest
from django.db import connection

from shared_apps.supplier_catalog.models import SupplierInvitation, SupplierMember, SupplierOrganisation, SupplierRole
from shared_apps.supplier_catalog.services import people
from shared_apps.supplier_catalog.services.facts import Business
from shared_apps.supplier_catalog.services.inviting import accept
from tenants.context import on_platform
from tests.shared_apps.supplier_catalog.people import account, member
from tests.shared_apps.supplier_catalog.test_registering import mailed_token, registered
from tests.trials import rounds

pytestmark = pytest.mark.usefixtures("committed", "platform")

ROUNDS = rounds(30)


def at_once(acts: Sequence[Callable[[], object]]) -> list[str]:
    """Each in a thread of its own, all from one moment; the names of what they raised, or "done"."""
    gate, told = Barrier(len(acts)), [""] * len(acts)

    def run(place: int) -> None:
        try:
            with on_platform():
                connection.ensure_connection()
                gate.wait()
                acts[place]()
            told[place] = "done"
        except Exception as refused:
            told[place] = type(refused).__name__
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def other(name: str) -> Business:
    return Business(name, "Jalan 1", "16.71.10", "081200000101", f"{name.split()[-1].lower()}@example.test")


def test_two_administrators_who_leave_at_once_leave_one() -> None:
    for number in range(ROUNDS):
        one = registered(nib=f"{number:013}", business=other(f"Usaha u{number}"), source=str(number))
        both = [SupplierMember.objects.get(user=member(one, f"{name}{number}")) for name in ("Halim", "Rini")]
        told = at_once(
            [
                partial(people.remove, member=both[0]),
                partial(people.change_role, member=both[1], role=SupplierRole.ORDERS),
            ]
        )
        assert sorted(told) == ["LastAdmin", "done"]
        assert one.members.filter(role=SupplierRole.ADMIN).count() == 1


def test_one_nib_that_many_register_at_once_is_one_supplier() -> None:
    for number in range(ROUNDS):
        nib = f"{number:013}"
        told = at_once(
            [partial(registered, nib=nib, business=other(f"Usaha {who}{nib}"), source=f"{who}{nib}") for who in "abc"]
        )
        assert set(told) <= {"done", "NibTaken"}
        assert "done" in told
        one = SupplierOrganisation.objects.get(nib=nib)
        open_ones = SupplierInvitation.objects.filter(organisation=one, accepted_at=None, withdrawn_at=None)
        # Whose facts they are, to that address the one open link went.
        assert [invitation.email for invitation in open_ones] == [one.email]


def test_who_registers_anew_while_the_link_is_opened_gets_in_or_is_refused_never_both() -> None:
    for number in range(ROUNDS):
        nib, mail = f"{number:013}", f"u{number}@example.test"
        one = registered(nib=nib, business=other(f"Usaha u{number}"), source=str(number))
        token, user = mailed_token(mail), account(f"Halim{number}")
        accepted, again = at_once(
            [
                partial(accept, token=token, user=user),
                partial(registered, nib=nib, business=other(f"Usaha x{nib}"), source=f"x{nib}"),
            ]
        )
        one.refresh_from_db()
        assert (accepted, again) in (("done", "NibTaken"), ("InvitationEnded", "done"))
        assert one.members.count() == (1 if accepted == "done" else 0)
        assert (one.email == mail) is (accepted == "done")
