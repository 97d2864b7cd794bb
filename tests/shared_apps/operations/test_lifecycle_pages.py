"""Operators take a region through its life: each step tells its effects, asks why, and leaves a trace."""

from __future__ import annotations

import pytest
from django.test import Client

from shared_apps.operations.models import OperatorRole
from tenant_apps.ledger.services import Posting, account_of_citizen, account_of_provider, post
from tenants.audit.models import AuditEvent
from tenants.context import in_region, on_platform
from tenants.lifecycle.models import Closing, DomainClaim, HandedArchive, RegionEvent
from tenants.models import Domain, Region, RegionStatus, SlugClaim
from tests.cast import browser_of, person
from tests.shared_apps.operations.people import operator, operator_browser


@pytest.fixture
def region(kalidoni: Region) -> Region:
    with on_platform():
        SlugClaim.objects.create(slug="kalidoni", held_for=kalidoni.public_id, region=kalidoni)
    return kalidoni


def browser(role: OperatorRole = OperatorRole.OPERATOR) -> Client:
    with on_platform():
        return operator_browser(operator(role=role))


def life(region: Region, step: str = "") -> str:
    return f"/operator/wilayah/{region.public_id}/daur-hidup/" + (f"{step}/" if step else "")


def status(region: Region) -> str:
    with on_platform():
        return str(Region.objects.get(pk=region.pk).status)


def test_a_region_is_suspended_and_opened_again(region: Region) -> None:
    client = browser()
    page = client.get(life(region)).content.decode()
    for step in ("hentikan", "baca-saja", "arsip", "tutup"):
        assert life(region, step) in page
    assert life(region, "buka") not in page
    asked = client.get(life(region, "hentikan")).content.decode()
    assert "Dalam lima detik" in asked
    assert client.post(life(region, "hentikan"), {"reason": " "}).status_code == 400
    assert status(region) == RegionStatus.READY
    done = client.post(life(region, "hentikan"), {"reason": "Laporan warga", "told": "Diperiksa."})
    assert (done.status_code, status(region)) == (302, RegionStatus.SUSPENDED)
    page = client.get(life(region)).content.decode()
    assert "Laporan warga" in page
    assert life(region, "hentikan") not in page
    assert client.get(life(region, "hentikan")).status_code == 302
    assert client.post(life(region, "buka"), {"reason": "Selesai"}).status_code == 302
    assert status(region) == RegionStatus.READY
    with on_platform():
        deeds = AuditEvent.objects.filter(region=region.public_id).order_by("pk").values_list("action", flat=True)
        assert list(deeds) == ["region.suspended", "region.opened_again"]


def test_a_regions_share_of_the_web_is_changed_with_a_reason(region: Region) -> None:
    client, address = browser(), f"/operator/wilayah/{region.public_id}/jatah/"
    assert address in client.get(life(region)).content.decode()
    for wrong in ({"share": "0"}, {"share": "101"}, {"share": "banyak"}, {"share": "50", "reason": " "}):
        answer = client.post(address, {"reason": "Kota besar", **wrong})
        assert answer.status_code == 400, wrong
    assert client.post(address, {"share": "60", "reason": "Kota besar"}).status_code == 302
    with on_platform():
        assert Region.objects.get(pk=region.pk).share == 60
        (event,) = RegionEvent.objects.filter(region=region)
        assert (event.move, event.reason, event.details) == ("change_share", "Kota besar", {"before": 30, "after": 60})
    page = client.get(life(region)).content.decode()
    assert "60 persen" in page and "Kota besar" in page
    # The same again is no step.
    client.post(address, {"share": "60", "reason": "Sekali lagi"})
    with on_platform():
        assert RegionEvent.objects.filter(region=region).count() == 1
    with on_platform():
        reader = operator_browser(operator("Wati", "wati@example.test", OperatorRole.READER))
    assert reader.post(address, {"share": "90", "reason": "x"}).status_code == 404


def test_only_reading_is_the_milder_step(region: Region) -> None:
    client = browser()
    assert client.post(life(region, "baca-saja"), {"reason": "Audit"}).status_code == 302
    with in_region(region):
        ratna = browser_of(person("Ratna"))
    assert (ratna.get("/akun/").status_code, ratna.post("/akun/tempat/").status_code in (404, 423)) == (200, True)
    assert life(region, "lanjut") in client.get(life(region)).content.decode()
    assert client.post(life(region, "lanjut"), {"reason": "Selesai"}).status_code == 302
    with on_platform():
        assert Region.objects.get(pk=region.pk).read_only_because == []


def test_closing_asks_for_the_slug_and_for_peoples_money(region: Region) -> None:
    client = browser()
    first = client.get(life(region, "tutup"))
    assert first.status_code == 200
    day = first.context["form"].fields["closes_on"].initial.isoformat()
    wanted = {"reason": "Digabung", "closes_on": day, "keep_days": "30", "typed_slug": "kalidoni", "settlement": ""}
    with in_region(region):
        ratna = person("Ratna")
        post(
            key="uji", text="saldo", by="system:test",
            postings=[Posting(account_of_provider("uji"), 75_000), Posting(account_of_citizen(ratna), -75_000)],
        )  # fmt: skip
    refused = client.post(life(region, "tutup"), wanted)
    assert (refused.status_code, "75.000" in refused.content.decode()) == (409, True)
    wanted["settlement"] = "Tunai di kantor camat"
    assert client.post(life(region, "tutup"), {**wanted, "typed_slug": "lombok"}).status_code == 400
    assert client.post(life(region, "tutup"), {**wanted, "closes_on": "2020-01-01"}).status_code == 400
    assert client.post(life(region, "tutup"), {**wanted, "keep_days": "1"}).status_code == 400
    assert client.post(life(region, "tutup"), {**wanted, "closes_on": "\x00"}).status_code == 400
    assert client.post(life(region, "tutup"), wanted).status_code == 302
    with on_platform():
        assert Closing.objects.get(region=region).settlement == "Tunai di kantor camat"
    assert client.get(life(region, "tutup")).status_code == 302
    assert client.post(life(region, "batal"), {"reason": "Tidak jadi"}).status_code == 302
    with on_platform():
        assert Closing.objects.get(region=region).state == Closing.State.UNDONE


def test_the_data_are_ordered_once(region: Region) -> None:
    client = browser()
    for _ in range(2):
        assert client.post(life(region, "arsip"), {"reason": "Diminta admin"}).status_code == 302
    with on_platform():
        assert HandedArchive.objects.filter(region=region).count() == 1


def test_a_domain_is_taken_from_a_region(region: Region, lombok: Region) -> None:
    with on_platform():
        claim = DomainClaim.objects.create(region=region, host="pasar.kalidoni.go.id", state="active", by="user:test")
        Domain.objects.create(tenant=region, domain=claim.host, is_primary=False)
    client, step = browser(), f"domain/{claim.public_id}/lepas"
    assert life(region, step) in client.get(life(region)).content.decode()
    assert claim.host in client.get(life(region, step)).content.decode()
    with on_platform():
        reader = operator_browser(operator("Wati", "wati@example.test", OperatorRole.READER))
    assert reader.post(life(region, step), {"reason": "x"}).status_code == 404
    assert client.post(life(lombok, step), {"reason": "x"}).status_code == 404
    assert client.post(life(region, step), {"reason": " "}).status_code == 400
    with on_platform():
        assert Domain.objects.filter(domain=claim.host).exists()
    assert client.post(life(region, step), {"reason": "Bukan milik mereka"}).status_code == 302
    assert client.get(life(region, step)).status_code == 302
    with on_platform():
        claim.refresh_from_db()
        assert (claim.state, Domain.objects.filter(domain=claim.host).exists()) == ("removed", False)
        event = AuditEvent.objects.get(region=region.public_id, action="region.domain_removed")
    assert (event.reason, bool(event.actor)) == ("Bukan milik mereka", True)


def test_readers_look_and_strangers_see_nothing(region: Region) -> None:
    reader = browser(OperatorRole.READER)
    assert reader.get(life(region)).status_code == 200
    assert reader.post(life(region, "hentikan"), {"reason": "x"}).status_code == 404
    assert status(region) == RegionStatus.READY
    assert Client(headers={"host": "localhost"}).get(life(region), secure=True).status_code == 302
    assert reader.get(life(region, "lenyapkan")).status_code == 404
    with on_platform():
        assert not RegionEvent.objects.exists()
