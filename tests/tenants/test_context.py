"""A request, task or command works in exactly one region, or nowhere."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from tenants.context import current_region, in_region, on_platform
from tenants.errors import NoRegionBound, RegionSwitchInTransaction, SchemaMissing
from tenants.identity.models import User
from tenants.models import Region


def names() -> list[str]:
    return sorted(User.objects.values_list("name", flat=True))


def test_each_region_sees_its_own_people(kalidoni: Region, lombok: Region) -> None:
    with in_region(kalidoni):
        User.objects.create(name="Ratna")
    with in_region(lombok):
        User.objects.create(name="Made")
        assert names() == ["Made"]
        with in_region(kalidoni):
            assert names() == ["Ratna"]
        assert current_region() == lombok
        assert names() == ["Made"]
    with on_platform():
        assert names() == []


def test_nothing_bound_reads_nothing(db: None) -> None:
    with pytest.raises(NoRegionBound):
        names()
    with pytest.raises(NoRegionBound):
        current_region()


def test_a_new_thread_is_bound_to_nothing(kalidoni: Region) -> None:
    seen: list[BaseException] = []

    def work() -> None:
        try:
            names()
        except NoRegionBound as refusal:
            seen.append(refusal)
        finally:
            connection.close()

    with in_region(kalidoni):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert len(seen) == 1


def test_a_region_without_schema_does_not_read_public(platform: None) -> None:
    User.objects.create(name="Operator")
    ghost = Region.objects.create(name="Ghost")
    with pytest.raises(SchemaMissing), in_region(ghost):
        names()


@pytest.mark.django_db(transaction=False)
def test_a_transaction_stays_in_its_region(kalidoni: Region, lombok: Region) -> None:
    with in_region(kalidoni), transaction.atomic():
        with pytest.raises(RegionSwitchInTransaction), in_region(lombok):
            pass
        assert current_region() == kalidoni


def test_a_savepoint_rollback_leaves_no_stale_path(kalidoni: Region, lombok: Region) -> None:
    with in_region(kalidoni):
        User.objects.create(name="Ratna")
        with transaction.atomic():
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                User.objects.create(name="Gone")
                1 / 0  # noqa: B018
            assert names() == ["Ratna"]
    with in_region(lombok):
        assert names() == []


def test_django_tenants_own_context_forms_are_refused(kalidoni: Region) -> None:
    with pytest.raises(TypeError), kalidoni:
        pass
    with pytest.raises(TypeError):
        kalidoni.activate()
