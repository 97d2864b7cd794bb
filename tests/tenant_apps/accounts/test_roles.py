"""Roles are given and taken with a trace; the region never stands without an admin; a closed account is out at once."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.test import Client

from tenant_apps.accounts.errors import LastAdmin
from tenant_apps.accounts.models import Role, RoleEvent, RoleGrant
from tenant_apps.accounts.services.roles import deactivate, grant_role, reactivate, revoke_role
from tenants.context import in_region
from tenants.identity.models import User
from tenants.models import Region

BY = "user:budi"


def person(name: str, *roles: Role) -> User:
    user = User.objects.create_user(password="rahasia-warga-9", name=name)
    for role in roles:
        grant_role(user=user, role=role, by="system:test")
    return user


def events(user: User) -> list[tuple[str, str, str]]:
    return list(RoleEvent.objects.filter(user=user).order_by("pk").values_list("kind", "role", "by"))


def test_giving_and_taking_leave_one_event_each(kalidoni: Region) -> None:
    with in_region(kalidoni):
        yuli = person("Yuli")
        for _ in range(2):
            grant_role(user=yuli, role=Role.SATKER, by=BY)
        for _ in range(2):
            revoke_role(user=yuli, role=Role.SATKER, by="user:other")
        assert events(yuli) == [("granted", "satker", BY), ("revoked", "satker", "user:other")]
        assert not RoleGrant.objects.exists()


def test_taking_a_role_that_was_never_there_writes_nothing(kalidoni: Region) -> None:
    with in_region(kalidoni):
        ratna = person("Ratna")
        revoke_role(user=ratna, role=Role.ADMIN, by=BY)
        assert events(ratna) == []


@pytest.mark.parametrize("other", ["none", "closed"])
def test_the_last_admin_stays(kalidoni: Region, other: str) -> None:
    with in_region(kalidoni):
        budi = person("Budi", Role.ADMIN)
        if other == "closed":
            deactivate(user=person("Yuli", Role.ADMIN), by=BY)
        before = list(RoleEvent.objects.values_list("pk", flat=True))
        with pytest.raises(LastAdmin):
            revoke_role(user=budi, role=Role.ADMIN, by=BY)
        with pytest.raises(LastAdmin):
            deactivate(user=budi, by=BY)
        budi.refresh_from_db()
        assert budi.is_active
        assert RoleGrant.objects.filter(user=budi, role=Role.ADMIN).exists()
        assert list(RoleEvent.objects.values_list("pk", flat=True)) == before


def test_one_of_two_admins_may_go(kalidoni: Region) -> None:
    with in_region(kalidoni):
        budi, yuli = person("Budi", Role.ADMIN), person("Yuli", Role.ADMIN)
        revoke_role(user=budi, role=Role.ADMIN, by=yuli.actor)
        assert list(RoleGrant.objects.values_list("user", flat=True)) == [yuli.pk]


def test_two_admins_who_remove_each_other_do_not_both_succeed(committed: None, kalidoni: Region) -> None:
    with in_region(kalidoni):
        both = [person("Budi", Role.ADMIN), person("Yuli", Role.ADMIN)]
    gate, outcomes = threading.Barrier(2), []

    def remove(user: User) -> None:
        try:
            with in_region(kalidoni):
                gate.wait(10)
                revoke_role(user=user, role=Role.ADMIN, by=BY)
                outcomes.append("gone")
        except LastAdmin:
            outcomes.append("kept")
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=[user]) for user in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with in_region(kalidoni):
        assert sorted(outcomes) == ["gone", "kept"]
        assert RoleGrant.objects.filter(role=Role.ADMIN).count() == 1


def test_a_closed_account_is_out_and_its_old_session_never_returns(kalidoni: Region) -> None:
    client = Client(headers={"host": "kalidoni.localhost"})
    with in_region(kalidoni):
        ratna = person("Ratna", Role.OWNER)
        client.force_login(ratna)

        def signed_in() -> bool:
            return bool(client.get("/", secure=True).wsgi_request.user.is_authenticated)

        assert signed_in()
        deactivate(user=ratna, by=BY)
        deactivate(user=ratna, by=BY)
        assert not signed_in()
        reactivate(user=ratna, by=BY)
        reactivate(user=ratna, by=BY)
        assert not signed_in()
        assert events(ratna)[1:] == [("deactivated", "", BY), ("reactivated", "", BY)]
        assert RoleGrant.objects.filter(user=ratna).count() == 1
