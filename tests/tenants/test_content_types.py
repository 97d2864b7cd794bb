"""Content types and permissions have other ids in each region; the process remembers each region's own."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tenant_apps.catalog.models import Category, Product
from tenant_apps.orders.models import Order
from tenant_apps.warungs.models import Warung
from tenants import content_types, listening
from tenants.content_types import memory
from tenants.context import as_owner, in_region
from tenants.identity.models import User
from tenants.models import Region
from tests.tenants.hearing import settle, until
from tests.trials import rounds, seeded
from tests.world import admin

MODELS = [Category, Product, Order, Warung, User]
FIRST = 5_000

Ids = dict[str, dict[type[Any], int]]


@pytest.fixture
def ids(committed: None, kalidoni: Region, lombok: Region) -> Iterator[Ids]:
    """The same ids in both regions, for the models in opposite order; permissions likewise."""
    held: Ids = {}
    rows = {}
    for region, models in ((kalidoni, MODELS), (lombok, MODELS[::-1])):
        with in_region(region):
            rows[region] = (list(ContentType.objects.all()), list(Permission.objects.all()))
            Permission.objects.all().delete()
            ContentType.objects.all().delete()
            held[region.name] = {model: FIRST + at for at, model in enumerate(models)}
            for model, pk in held[region.name].items():
                kind = ContentType(pk=pk, app_label=model._meta.app_label, model=model._meta.model_name)
                kind.save(force_insert=True)
                Permission.objects.create(pk=pk, content_type=kind, codename=f"view_{model._meta.model_name}")
    settle()
    ContentType.objects.clear_cache()
    yield held
    for region, (types, permissions) in rows.items():
        with in_region(region):
            Permission.objects.all().delete()
            ContentType.objects.all().delete()
            ContentType.objects.bulk_create(types)
            Permission.objects.bulk_create(permissions)
    ContentType.objects.clear_cache()


def asked(model: type[Any] = Product) -> tuple[int, int]:
    """The model's id in the bound region, and how many queries it took."""
    with CaptureQueriesContext(connection) as queries:
        found = ContentType.objects.get_for_model(model).pk
    return found, len(queries)


def test_eight_threads_in_two_regions_find_each_regions_own(ids: Ids, kalidoni: Region, lombok: Region) -> None:
    seed = seeded()
    chances = [random.Random(seed.random()) for _ in range(8)]
    wrong: list[Any] = []
    repeated: list[str] = []
    checks = [0] * 8
    all_warm = threading.Barrier(8)

    def check(region: Region, model: type[Any]) -> None:
        own, name = ids[region.name][model], model._meta.model_name
        kind = ContentType.objects.get_for_model(model)
        by_id = ContentType.objects.get_for_id(own)
        by_name = ContentType.objects.get_by_natural_key(model._meta.app_label, name)
        if (kind.pk, by_id.model, by_name.pk) != (own, name, own):
            wrong.append((region.name, name, kind.pk, by_id.model, by_name.pk))

    def may(region: Region, model: type[Any]) -> None:
        held = Permission.objects.filter(
            content_type=ContentType.objects.get_for_model(model), codename=f"view_{model._meta.model_name}"
        )
        if list(held.values_list("pk", flat=True)) != [ids[region.name][model]]:
            wrong.append((region.name, model, "permission"))

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        if 'FROM "django_content_type"' in sql:
            repeated.append(sql)
        return execute(sql, *rest)

    def work(number: int) -> None:
        chance = chances[number]
        try:
            for region in (kalidoni, lombok):
                with in_region(region):
                    for model in MODELS:
                        check(region, model)
            all_warm.wait(30)
            with connection.execute_wrapper(watch):
                for _ in range(rounds(5_000)):
                    region, model = chance.choice([kalidoni, lombok]), chance.choice(MODELS)
                    with in_region(region):
                        check(region, model)
                        may(region, model)
                    checks[number] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert checks == [rounds(5_000)] * 8
    assert wrong == []
    assert repeated == []


def test_a_known_type_costs_no_query_after_switches(ids: Ids, kalidoni: Region, lombok: Region) -> None:
    for warm in (False, True):
        for region in (kalidoni, lombok):
            with in_region(region):
                assert asked() == (ids[region.name][Product], 0 if warm else 1)
                kinds = ContentType.objects.get_for_models(*MODELS)
                assert {model: kind.pk for model, kind in kinds.items()} == ids[region.name]


def test_a_type_made_in_a_transaction_is_remembered_only_once_it_stands(ids: Ids, kalidoni: Region) -> None:
    with in_region(kalidoni):
        Permission.objects.all().delete()
        ContentType.objects.get(pk=ids["Kalidoni"][Product]).delete()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            gone, _ = asked()
            assert asked()[0] == gone
            1 / 0  # noqa: B018
        with transaction.atomic():
            made, _ = asked()
            assert made != gone
        assert asked() == (made, 0)
        assert ContentType.objects.get(pk=made).model == "product"


def test_the_owner_who_builds_schemas_is_always_told_the_truth(ids: Ids, kalidoni: Region) -> None:
    with in_region(kalidoni):
        asked()
    with as_owner(kalidoni.schema_name):
        for _ in range(2):
            assert asked() == (ids["Kalidoni"][Product], 1)


def test_a_region_whose_schema_was_changed_for_another_is_asked_anew(
    ids: Ids, kalidoni: Region, lombok: Region
) -> None:
    for region in (kalidoni, lombok):
        with in_region(region):
            asked()
    with admin() as cursor:
        cursor.execute("SELECT pg_notify('warsa_registry', %s)", [kalidoni.schema_name])
    with in_region(kalidoni):
        until(lambda: asked()[1] == 1)
        assert asked() == (ids["Kalidoni"][Product], 0)
    with in_region(lombok):
        assert asked() == (ids["Lombok"][Product], 0)


def test_what_was_read_before_a_change_is_not_kept_after_it(ids: Ids, kalidoni: Region) -> None:
    def slow(execute: Any, sql: str, *rest: Any) -> Any:
        read = execute(sql, *rest)
        memory.forget(frozenset({kalidoni.schema_name}))
        return read

    with in_region(kalidoni):
        with connection.execute_wrapper(slow):
            asked()
        assert asked()[1] == 1
        assert asked()[1] == 0


def test_nothing_is_believed_while_the_registry_is_not_heard(
    ids: Ids, kalidoni: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    with in_region(kalidoni):
        asked()
        assert asked()[1] == 0
        monkeypatch.setattr(listening, "HEARD_FOR", 0)
        assert [asked()[1], asked()[1]] == [1, 1]


def test_clear_cache_and_the_bound(ids: Ids, kalidoni: Region, lombok: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content_types, "MOST_REGIONS", 1)
    for region in (kalidoni, lombok, kalidoni):
        with in_region(region):
            assert asked() == (ids[region.name][Product], 1)
            assert asked()[1] == 0
    ContentType.objects.clear_cache()
    with in_region(kalidoni):
        assert asked()[1] == 1
