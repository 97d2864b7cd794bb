"""Blank schemas: built ahead, each given to one region at most, and thrown away when anything went wrong in them."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from tenants.context import founding, in_region, on_platform
from tenants.errors import RegionSwitchInTransaction
from tenants.identity.models import User
from tenants.models import Domain, PooledSchema, Region
from tenants.provisioning import found
from tenants.schemas import pool
from tests.trials import rounds
from tests.world import schemas

State = PooledSchema.State


def states() -> dict[str, str]:
    with on_platform():
        return dict(PooledSchema.objects.values_list("schema_name", "state"))


def register(name: str) -> Any:
    def make(slot: PooledSchema) -> Region:
        region: Region = Region.objects.create(name=name, schema_name=slot.schema_name, schema_version=slot.version)
        Domain.objects.create(domain=f"{name.lower()}.localhost", tenant=region)
        return region

    return make


def with_an_admin(region: Region) -> None:
    User.objects.create(name=f"Admin of {region.name}")


def test_region_admin_and_address_come_together(committed: None) -> None:
    slot = pool.fill()
    region = found(register("Sukarami"), with_an_admin)
    assert region.schema_name == slot.schema_name
    assert states() == {slot.schema_name: State.CLAIMED}
    with in_region(region):
        assert [user.name for user in User.objects.all()] == ["Admin of Sukarami"]


def test_with_an_empty_pool_one_is_built(committed: None) -> None:
    assert states() == {}
    region = found(register("Sukarami"), with_an_admin)
    assert states() == {region.schema_name: State.CLAIMED}


@pytest.mark.parametrize("where", ["register", "after the region", "inside", "after the admin", "at commit"])
def test_a_failed_founding_leaves_nothing_and_burns_the_slot(committed: None, where: str) -> None:
    slot = pool.fill()

    def broken_register(given: PooledSchema) -> Region:
        if where == "register":
            raise RuntimeError(where)
        region: Region = register("Sukarami")(given)
        if where == "after the region":
            raise RuntimeError(where)
        return region

    def broken_inside(region: Region) -> None:
        if where == "inside":
            raise RuntimeError(where)
        with_an_admin(region)
        if where == "at commit":
            # A foreign key is looked at when the transaction ends.
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO django_session (session_key, session_data, expire_date) VALUES ('x', '', now())"
                )
                cursor.execute("INSERT INTO auth_permission (name, content_type_id, codename) VALUES ('x', -1, 'x')")
        if where == "after the admin":
            raise RuntimeError(where)

    with pytest.raises(Exception, match=where if where != "at commit" else "foreign key"):
        found(broken_register, broken_inside)
    assert states() == {slot.schema_name: State.BURNED}
    with on_platform():
        assert not Region.objects.filter(name="Sukarami").exists()
        assert not Domain.objects.filter(domain="sukarami.localhost").exists()
        # The next one gets another.
        again = found(register("Sukarami"), with_an_admin)
        assert again.schema_name != slot.schema_name
        assert pool.sweep() == 1
        assert slot.schema_name not in schemas()
        assert again.schema_name in schemas()


def test_of_many_at_once_none_gets_anothers_slot(committed: None) -> None:
    count = max(rounds(60), 8)
    for _ in range(count // 2):
        pool.fill()
    regions: list[Region] = []
    failures: list[BaseException] = []
    gate = threading.Barrier(count)

    def work(number: int) -> None:
        try:
            gate.wait(30)
            regions.append(found(register(f"R{number}"), with_an_admin))
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failures == []
    assert len({region.schema_name for region in regions}) == count
    for region in regions:
        with in_region(region):
            assert [user.name for user in User.objects.all()] == [f"Admin of {region.name}"]


def test_a_slot_of_an_earlier_version_is_not_given(committed: None) -> None:
    old = pool.fill()
    with on_platform():
        PooledSchema.objects.filter(pk=old.pk).update(version="earlier")
    assert found(register("Sukarami"), with_an_admin).schema_name != old.schema_name
    with on_platform():
        assert pool.sweep() == 1
        assert old.schema_name not in schemas()


def test_a_slot_that_was_left_half_built_is_swept_in_time(committed: None) -> None:
    with on_platform():
        slot = PooledSchema.objects.create(schema_name="t_halfbuilt0", version="x")
        assert pool.sweep() == 0
        PooledSchema.objects.filter(pk=slot.pk).update(created_at="2026-01-01T00:00Z")
        assert pool.sweep() == 1


def test_a_sweep_never_drops_a_regions_schema(committed: None, kalidoni: Region) -> None:
    with on_platform():
        PooledSchema.objects.create(schema_name=kalidoni.schema_name, version="x", state=State.BURNED)
        assert pool.sweep() == 0
        assert kalidoni.schema_name in schemas()


def test_it_is_filled_to_its_size_and_no_further(committed: None, settings: Any) -> None:
    settings.POOL_SIZE, settings.POOL_BUILDS_PER_ROUND = 3, 2
    assert [pool.replenish() for _ in range(3)] == [2, 1, 0]
    assert pool.ready() == 3


def test_only_a_founding_sees_platform_and_region_in_one_transaction(
    committed: None, kalidoni: Region, lombok: Region
) -> None:
    with founding() as enter:
        enter(kalidoni)
        with pytest.raises(RegionSwitchInTransaction):
            enter(lombok)
        with pytest.raises(RegionSwitchInTransaction), in_region(lombok):
            pass
        with pytest.raises(RegionSwitchInTransaction), on_platform():
            pass
