"""WARSA's waste bank in regions of its own: set up by our services, looked at by a member and by the Satker."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenant_apps.accounts.models import Role, RoleGrant
from tenant_apps.bank_sampah.models import Member, WasteUnit
from tenant_apps.bank_sampah.services import make_buyer, make_unit, set_up
from tenant_apps.bank_sampah.services.accounts import of_unit
from tenant_apps.ledger.services import account_of_satker
from tenant_apps.satker.models import Satker, ServiceSetting
from tenants.context import in_region, on_platform
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.models import Region
from tests.benchmarks.sides.clicking import page
from tests.benchmarks.spending import spending

BY = "system:bench"
OFFICER, SAVER = "yuli@example.test", "ratna@example.test"


def region(slug: str) -> Region:
    with on_platform():
        found: Region = Region.objects.get(domains__domain=f"{slug}.localhost")
        return found


def begin_bank(slug: str, units: int) -> dict[str, str]:
    """The centre and its units with their accounts, a buyer, an officer and somebody who will save."""
    with in_region(region(slug)):
        satker = Satker.objects.first() or Satker.objects.create(name="Satker")
        set_up(name=f"Bank Sampah {slug}", by=BY)
        for number in range(1, units):
            make_unit(name=f"Unit RW {number}")
        for unit in WasteUnit.objects.all():
            for book in ("stock", "committee", "cash", "shrink", "owed", "cost", "sales"):
                of_unit(unit, book)  # type: ignore[arg-type]
        account_of_satker(satker, "cash")
        account_of_satker(satker, "bank")
        make_buyer(name="Pengepul Ilir")
        ServiceSetting.objects.update_or_create(code="bank_sampah", defaults={"enabled": True})
        officer = User.objects.create_user(password=None, name="Yuli", email=OFFICER)
        RoleGrant.objects.create(user=officer, role=Role.SATKER, by=BY)
        User.objects.create_user(password=None, name="Ratna", email=SAVER)
        today = clock.today(region(slug).time_zone)
    return {"schema": region(slug).schema_name, "today": today.isoformat()}


def places(slug: str) -> dict[str, str]:
    """Addresses to look at. The saver gets the membership in the middle; the first unit is the largest."""
    with in_region(region(slug)):
        count = Member.objects.count()
        saver = Member.objects.get(pk=count // 2 + 1)
        Member.objects.filter(pk=saver.pk).update(user=User.objects.get(email=SAVER))
        book, unit = saver.books.get(), WasteUnit.objects.order_by("pk")[0]
        own = Member.objects.filter(unit=unit).order_by("name", "pk")
        deep = own[own.count() - 40 if own.count() > 40 else 0]
        last = book.deposits.order_by("-pk")[0]
    today = clock.today(region(slug).time_zone)
    at_unit = f"/sampah/{unit.public_id}/"
    return {
        "book": f"/tabungan/{book.public_id}/",
        "book, second page of movements": f"/tabungan/{book.public_id}/?page=2",
        "statement on paper": f"/tabungan/{book.public_id}/cetak/",
        "slips": f"/tabungan/{book.public_id}/setoran/",
        "one slip": f"/tabungan/slip/{last.number}/",
        "day of the largest unit": at_unit,
        "members, first page": f"{at_unit}nasabah/",
        "members, last page": f"{at_unit}nasabah/?dari={deep.number}",
        "one member": f"{at_unit}nasabah/{saver.number}/",
        "weighing a member": f"{at_unit}timbang/{saver.number}/",
        "search: rare name": f"{at_unit}nasabah/?q=hutagalung",
        "search: common name": f"{at_unit}nasabah/?q=siti",
        "search: two parts": f"{at_unit}nasabah/?q=rat+wul",
        "search: two letters": f"{at_unit}nasabah/?q=ra",
        "search: nobody": f"{at_unit}nasabah/?q=xylo",
        "search: number": f"{at_unit}nasabah/?q={saver.number}",
        "liquidity": "/satker/bank-sampah/",
        "year": f"/satker/bank-sampah/laporan/?tahun={today.year - 1}",
        "year as a table": f"/satker/bank-sampah/laporan/unduh/?tahun={today.year - 1}",
    }


@cache
def _client(slug: str, email: str) -> Client:
    client = Client(headers={"host": f"{slug}.localhost"})
    client.defaults["wsgi.url_scheme"] = "https"
    with in_region(region(slug)):
        client.force_login(User.objects.get(email=email))
    return client


def look(slug: str, path: str, times: int = 1) -> dict[str, float]:
    """The page, so many times, by who may see it."""
    client = _client(slug, SAVER if path.startswith("/tabungan/") else OFFICER)
    with spending() as spent:
        for _ in range(times):
            if path.split("?")[0].endswith("unduh/"):
                b"".join(client.get(path))
            else:
                page(client, path)
    return spent.as_json()


def plans(slug: str, path: str) -> dict[str, Any]:
    """How many queries the page asks, and which tables they read from end to end."""
    client = _client(slug, SAVER if path.startswith("/tabungan/") else OFFICER)
    with CaptureQueriesContext(connection) as seen:
        client.get(path)
    whole: set[str] = set()
    asked = [one["sql"] for one in seen.captured_queries if one["sql"].lstrip().upper().startswith(("SELECT", "WITH"))]
    with in_region(region(slug)):
        for sql in asked:
            if "set_config" in sql:
                continue
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN (FORMAT JSON) " + sql)
                whole |= set(_read_whole(cursor.fetchone()[0][0]["Plan"]))
    return {"queries": len(asked), "whole": sorted(whole)}


def _read_whole(plan: dict[str, Any]) -> list[str]:
    found = [plan["Relation Name"]] if plan["Node Type"] == "Seq Scan" else []
    for inner in plan.get("Plans", []):
        found += _read_whole(inner)
    return found
