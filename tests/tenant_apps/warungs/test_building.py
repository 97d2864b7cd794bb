"""What building a region makes of its neighbourhoods."""

from __future__ import annotations

from dataclasses import replace

from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.regions.selectors import districts_under
from tenant_apps.accounts.models import Role
from tenant_apps.warungs.hooks import neighbourhoods, neighbourhoods_entered
from tenant_apps.warungs.models import Neighbourhood
from tenant_apps.warungs.selectors import village_choices, village_groups, village_rows
from tenant_apps.warungs.services import set_neighbourhood
from tenants.context import in_region
from tenants.models import Region
from tests.cast import browser_of, person
from tests.tenant_apps.satker.test_building import new_region

# Kota Mataram and four kabupaten.
LOMBOK = ("52.71", "52.01", "52.02", "52.03", "52.08")


def test_each_kelurahan_has_its_row(kalidoni: Region) -> None:
    with in_region(kalidoni):
        neighbourhoods(new_region())
        assert [name for _code, name in village_choices()] == [
            "Bukit Sangkal", "Kalidoni", "Sungai Lais", "Sungai Selayur", "Sungai Selincah",
        ]  # fmt: skip
        assert set(Neighbourhood.objects.values_list("rw", "rt_count")) == {(0, 0)}


def test_a_second_run_keeps_what_was_entered(kalidoni: Region) -> None:
    with in_region(kalidoni):
        neighbourhoods(new_region())
        assert not neighbourhoods_entered()
        set_neighbourhood(village_code="16.71.10.1002", rw=4, rt_count=7)
        neighbourhoods(new_region())
        assert Neighbourhood.objects.count() == 6
        assert Neighbourhood.objects.get(rw=4).rt_count == 7
        assert neighbourhoods_entered()


def test_a_large_region_is_entered_in_few_queries(lombok: Region) -> None:
    with in_region(lombok), CaptureQueriesContext(connection) as queries:
        neighbourhoods(replace(new_region(), area_codes=LOMBOK))
    assert len([one for one in queries if "neighbourhood" in one["sql"]]) == 1
    with in_region(lombok):
        assert Neighbourhood.objects.count() >= 500


def test_kelurahan_of_a_large_region_are_chosen_by_kecamatan(lombok: Region) -> None:
    with in_region(lombok):
        neighbourhoods(replace(new_region(), area_codes=LOMBOK))
        groups = village_groups()
        assert len(groups) == len(districts_under(LOMBOK)) == 54
        assert sum(len(villages) for _kecamatan, villages in groups) == Neighbourhood.objects.count()
        with CaptureQueriesContext(connection) as queries:
            rows = village_rows()
        assert (len(rows), len(queries)) == (Neighbourhood.objects.count(), 2)
        budi = browser_of(person("Budi", Role.ADMIN), "lombok")
        assert budi.get("/wilayah/rt-rw/").context["page"].paginator.num_pages == -(-len(rows) // 25)
        assert budi.get("/wilayah/warung/baru/").content.count(b"<optgroup") == 54
