"""An invitation gives its role once, to one person, in its own region, within fourteen days."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection

from tenant_apps.accounts import reactions
from tenant_apps.accounts.errors import AlreadyInvited, InvitationEnded, InvitationUnknown
from tenant_apps.accounts.models import Invitation, Role, RoleEvent, RoleGrant
from tenant_apps.accounts.services.inviting import (
    GOOD_FOR,
    Issued,
    accept,
    accept_as_new,
    invite,
    invite_first_admin,
    proven_email,
    proven_phone,
    renew,
    withdraw_invitation,
)
from tenants.context import as_owner, in_region
from tenants.hooks import NewRegion
from tenants.identity.models import User
from tenants.identity.phones import PhoneRefused
from tenants.kernel import clock
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.tenant_apps.accounts.doors import messages_to, token_in

BY = "user:00000000-0000-0000-0000-000000000001"


def person(name: str) -> User:
    return User.objects.create_user(password=None, name=name)


def footprint() -> tuple[int, int, int]:
    return RoleGrant.objects.count(), RoleEvent.objects.count(), OutboxMessage.objects.count()


def hasans(**more: Any) -> Issued:
    return invite(role=Role.OWNER, name="Hasan", by=BY, **more)


def test_the_link_gives_the_role_and_says_so(kalidoni: Region) -> None:
    subject = uuid.uuid4()
    with in_region(kalidoni):
        hasan = person("Hasan")
        issued = invite(role=Role.OWNER, name="Hasan", by=BY, subject=subject)
        assert issued.link.startswith("http://kalidoni.localhost:8000/undangan/")
        assert OutboxMessage.objects.count() == 0
        accepted = accept(token=token_in(issued.link), user=hasan)
        assert (accepted.accepted_by, accepted.subject) == (hasan, subject)
        assert list(RoleGrant.objects.values_list("user", "role", "by")) == [(hasan.pk, "owner", BY)]
        event = RoleEvent.objects.get()
        assert (event.kind, event.role, event.source) == ("granted", "owner", f"invitation:{accepted.public_id}")


def test_the_sent_links_are_not_the_shown_one_and_prove_their_address(kalidoni: Region) -> None:
    with in_region(kalidoni):
        issued = hasans(email="Hasan@Example.test ", phone="0812-3456-7890")
        mailed, texted = messages_to("hasan@example.test"), messages_to("+6281234567890")
        assert (len(mailed), len(texted)) == (1, 1)
        tokens = [token_in(issued.link), token_in(mailed[0]), token_in(texted[0])]
        assert len(set(tokens)) == 3
        row = issued.invitation
        assert [(proven_email(row, t), proven_phone(row, t)) for t in tokens] == [
            ("", ""),
            ("hasan@example.test", ""),
            ("", "+6281234567890"),
        ]
        # No link's secret is kept.
        kept = " ".join(str(value) for value in Invitation.objects.values().get().values())
        assert [token for token in tokens if token in kept] == []
        accept(token=tokens[2], user=person("Hasan"))


def test_the_same_person_twice_changes_nothing_and_another_is_refused(kalidoni: Region) -> None:
    with in_region(kalidoni):
        hasan, stranger = person("Hasan"), person("Made")
        token = token_in(hasans().link)
        accept(token=token, user=hasan)
        before = footprint()
        assert accept(token=token, user=hasan).accepted_by == hasan
        with pytest.raises(InvitationEnded):
            accept(token=token, user=stranger)
        assert footprint() == before


@pytest.mark.parametrize("ended", ["unknown", "withdrawn", "run out", "sent again"])
def test_a_link_that_has_ended_gives_nothing(kalidoni: Region, ended: str) -> None:
    with in_region(kalidoni), time_machine.travel("2026-11-24T12:00Z", tick=False) as moment:
        issued = hasans()
        token = token_in(issued.link)
        refusal: type[Exception] = InvitationEnded
        if ended == "unknown":
            token, refusal = "x" * 43, InvitationUnknown
        elif ended == "withdrawn":
            withdraw_invitation(invitation=issued.invitation, by=BY)
        elif ended == "run out":
            moment.shift(GOOD_FOR)
        else:
            again = renew(invitation=issued.invitation, by=BY)
            refusal = InvitationUnknown
        before = footprint()
        with pytest.raises(refusal):
            accept(token=token, user=person("Hasan"))
        assert footprint() == before
        if ended == "sent again":
            accept(token=token_in(again.link), user=person("Hasan"))
            assert RoleGrant.objects.count() == 1


def test_a_second_before_the_end_it_still_works(kalidoni: Region) -> None:
    with in_region(kalidoni), time_machine.travel("2026-11-24T12:00Z", tick=False) as moment:
        token = token_in(hasans().link)
        moment.shift(GOOD_FOR - timedelta(seconds=1))
        assert accept(token=token, user=person("Hasan")).accepted_at == clock.now()


def test_sending_again_revives_one_that_ran_out(kalidoni: Region) -> None:
    with in_region(kalidoni), time_machine.travel("2026-11-24T12:00Z", tick=False) as moment:
        issued = hasans(email="hasan@example.test")
        moment.shift(GOOD_FOR)
        again = renew(invitation=issued.invitation, by=BY)
        assert again.invitation.expires_at == clock.now() + GOOD_FOR
        letters = messages_to("hasan@example.test")
        assert len(letters) == 2 and token_in(letters[0]) != token_in(letters[1])


def test_nothing_undoes_an_acceptance(kalidoni: Region) -> None:
    with in_region(kalidoni):
        issued = hasans()
        accept(token=token_in(issued.link), user=person("Hasan"))
        before = footprint()
        with pytest.raises(InvitationEnded):
            withdraw_invitation(invitation=issued.invitation, by=BY)
        with pytest.raises(InvitationEnded):
            renew(invitation=issued.invitation, by=BY)
        assert footprint() == before


def test_withdrawing_twice_keeps_the_first_name(kalidoni: Region) -> None:
    with in_region(kalidoni):
        issued = hasans()
        withdraw_invitation(invitation=issued.invitation, by=BY)
        withdraw_invitation(invitation=issued.invitation, by="user:other")
        assert issued.invitation.withdrawn_by == BY
        with pytest.raises(InvitationEnded):
            renew(invitation=issued.invitation, by=BY)


def test_a_second_tap_sends_no_second_invitation(kalidoni: Region) -> None:
    with in_region(kalidoni):
        first = hasans(phone="081234567890")
        with pytest.raises(AlreadyInvited, match="Hasan"):
            hasans(phone="+62 812 3456 7890")
        assert (Invitation.objects.count(), OutboxMessage.objects.count()) == (1, 1)
        withdraw_invitation(invitation=first.invitation, by=BY)
        hasans(phone="081234567890")
        assert Invitation.objects.count() == 2


def test_a_number_that_cannot_be_is_refused(kalidoni: Region) -> None:
    with in_region(kalidoni), pytest.raises(PhoneRefused):
        hasans(phone="12")


def test_lombok_does_not_know_the_link(kalidoni: Region, lombok: Region) -> None:
    with in_region(kalidoni):
        token = token_in(hasans().link)
    with in_region(lombok):
        made = person("Made")
        with pytest.raises(InvitationUnknown):
            accept(token=token, user=made)
        assert footprint() == (0, 0, 0)
    with in_region(kalidoni):
        assert Invitation.objects.get().accepted_at is None


def test_other_apps_react_in_the_same_transaction(kalidoni: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reactions, "_reactions", {})
    seen: list[tuple[Invitation, User]] = []
    with in_region(kalidoni):
        hasan = person("Hasan")
        reactions.on_accept(Role.OWNER)(lambda invitation, user: seen.append((invitation, user)))
        satker = token_in(invite(role=Role.SATKER, name="Yuli", by=BY).link)
        accept(token=satker, user=person("Yuli"))
        assert seen == []
        owner = hasans()
        accept(token=token_in(owner.link), user=hasan)
        assert seen == [(owner.invitation, hasan)]

        @reactions.on_accept(Role.STAFF)
        def full(invitation: Invitation, user: User) -> None:
            raise RuntimeError("no room")

        staff = invite(role=Role.STAFF, name="Siti", by=BY)
        before = footprint()
        with pytest.raises(RuntimeError):
            accept(token=token_in(staff.link), user=hasan)
        assert footprint() == before
        staff.invitation.refresh_from_db()
        assert staff.invitation.accepted_at is None


def test_of_two_at_once_one_accepts(committed: None, kalidoni: Region) -> None:
    with in_region(kalidoni):
        token = token_in(hasans().link)
        racers = [person("Hasan"), person("Made")]
    gate = threading.Barrier(2)
    outcomes: list[int | None] = []

    def race(user: User) -> None:
        try:
            with in_region(kalidoni):
                gate.wait(10)
                accept(token=token, user=user)
                outcomes.append(user.pk)
        except InvitationEnded:
            outcomes.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=race, args=[user]) for user in racers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with in_region(kalidoni):
        winner = Invitation.objects.get().accepted_by_id
        assert sorted(outcomes, key=str) == sorted([winner, None], key=str)
        assert list(RoleGrant.objects.values_list("user_id", flat=True)) == [winner]
        assert RoleEvent.objects.count() == 1


def new_region(**more: str) -> NewRegion:
    facts = {"admin_email": "camat@example.test", "slug": "sasak", "language": "id", **more}
    return NewRegion(
        registration_id=uuid.uuid4(),
        name="Lombok Raya",
        area_codes=("52.71",),
        services=(),
        admin_name="Made",
        admin_phone="bukan nomor",
        institution="Dinas",
        **facts,
    )


def test_the_first_admin_is_mailed_once(kalidoni: Region) -> None:
    with in_region(kalidoni):
        invite_first_admin(new_region())
        invite_first_admin(new_region())
        (body,) = messages_to("camat@example.test")
        assert "http://sasak.localhost:8000/undangan/" in body
        row = Invitation.objects.get()
        assert (row.role, row.name, row.by) == ("admin", "Made", "system:provisioning")
        made = person("Made")
        accept(token=token_in(body), user=made)
        invite_first_admin(new_region())
        assert len(messages_to("camat@example.test")) == 1


def test_decisions_stay_as_they_were_written(kalidoni: Region, committed: None) -> None:
    with in_region(kalidoni):
        accept(token=token_in(hasans().link), user=person("Hasan"))
        for sql in (
            "UPDATE accounts_roleevent SET by = 'x'",
            "DELETE FROM accounts_roleevent",
            "TRUNCATE accounts_roleevent",
        ):
            # Not even the owner, who may do more than the region's own role.
            with as_owner(kalidoni.schema_name), pytest.raises(IntegrityError, match="never rewritten"):
                connection.cursor().execute(sql)
        assert RoleEvent.objects.get().by == BY


def test_of_two_new_people_at_once_one_gets_in(committed: None, kalidoni: Region) -> None:
    with in_region(kalidoni):
        token = token_in(hasans().link)
    gate = threading.Barrier(2)
    outcomes: list[str] = []

    def race(name: str, phone: str) -> None:
        try:
            with in_region(kalidoni):
                gate.wait(10)
                accept_as_new(token=token, name=name, password="rahasia-warga-9", language="id", phone=phone)
                outcomes.append("in")
        except InvitationEnded:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=race, args=(f"Hasan {n}", f"+62812345678{n}0")) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with in_region(kalidoni):
        assert sorted(outcomes) == ["in", "refused"]
        assert (User.objects.count(), RoleGrant.objects.count()) == (1, 1)
