"""A host of a region's own: proven by a TXT record, looked after daily, given up for good and to nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tenant_apps.accounts.models import Role
from tenants.context import in_region, on_platform
from tenants.hosts import region_url
from tenants.kernel import clock
from tenants.lifecycle import domains
from tenants.lifecycle.errors import HostRefused, HostTaken, NotInThisState, TooManyHosts
from tenants.lifecycle.models import DomainClaim, RegionEvent
from tenants.lifecycle.own_hosts import clean_host
from tenants.models import Domain, Region, ReleasedHost
from tenants.outbox.models import OutboxMessage
from tests.cast import browser_of, person
from tests.standins.dns import Zone

HOST = "pasar.kalidoni.go.id"
BY = "user:budi"
State, Found = DomainClaim.State, DomainClaim.Found


def asked(region: Region, host: str = HOST) -> DomainClaim:
    return domains.ask(region=region, text=host, by=BY)


def proven(region: Region, zone: Zone, host: str = HOST) -> DomainClaim:
    claim = asked(region, host)
    zone.txt(f"_warsa.{host}", "v=spf1 -all", claim.proof)
    claim = domains.check(claim=claim, by=BY)
    assert claim.state == State.VERIFIED
    return claim


def opened(region: Region, zone: Zone, host: str = HOST) -> DomainClaim:
    claim = proven(region, zone, host)
    domains.open_host(claim=claim, by=BY)
    return fresh(claim)


def fresh(claim: DomainClaim) -> DomainClaim:
    with on_platform():
        return DomainClaim.objects.select_related("region").get(pk=claim.pk)


def a_day_later(claim: DomainClaim) -> DomainClaim:
    """The beat comes round once the last check is a day old."""
    with on_platform():
        DomainClaim.objects.filter(pk=claim.pk).update(checked_at=clock.now() - timedelta(days=1, minutes=1))
        assert domains.check_due() == 1
        assert domains.check_due() == 0
    return fresh(claim)


def page(host: str = HOST) -> int:
    return Client(headers={"host": host}).get("/healthz").status_code


def mails() -> list[str]:
    with on_platform():
        return [one.payload["subject"] for one in OutboxMessage.objects.filter(kind="mail").order_by("pk")]


def test_the_record_alone_opens_the_host(kalidoni: Region, zone: Zone) -> None:
    claim = asked(kalidoni)
    assert asked(kalidoni).proof == claim.proof
    assert domains.check(claim=claim).found == Found.MISSING
    zone.txt(f"_warsa.{HOST}", "warsa-0000")
    assert domains.check(claim=claim).found == Found.OTHER
    zone.txt(f"_warsa.{HOST}", claim.proof)
    zone.refuses = True
    assert (fresh(claim).state, domains.check(claim=claim).found) == (State.PENDING, Found.UNANSWERED)
    zone.refuses = False
    assert domains.check(claim=claim).state == State.VERIFIED
    assert page() == 404
    domains.open_host(claim=claim, by=BY)
    domains.open_host(claim=claim, by=BY)
    assert (fresh(claim).state, page()) == (State.ACTIVE, 200)
    with on_platform():
        moves = list(RegionEvent.objects.order_by("pk").values_list("move", flat=True))
    assert moves == ["domain_ask", "domain_verify", "domain_activate"]


def test_a_record_behind_an_alias_counts(kalidoni: Region, zone: Zone) -> None:
    claim = asked(kalidoni)
    zone.alias(f"_warsa.{HOST}", "proof.example.net")
    zone.txt("proof.example.net", claim.proof)
    assert domains.check(claim=claim).state == State.VERIFIED


def test_an_unproven_host_is_not_opened(kalidoni: Region, zone: Zone) -> None:
    claim = asked(kalidoni)
    with pytest.raises(Exception, match="berubah"):
        domains.open_host(claim=claim, by=BY)
    assert page() == 404


def test_whoever_proves_a_host_first_has_it(kalidoni: Region, lombok: Region, zone: Zone) -> None:
    ours, theirs = asked(kalidoni), asked(lombok)
    assert ours.proof != theirs.proof
    zone.txt(f"_warsa.{HOST}", ours.proof, theirs.proof)
    domains.check(claim=theirs)
    with pytest.raises(HostTaken):
        domains.check(claim=ours)
    assert (fresh(ours).state, fresh(theirs).state) == (State.PENDING, State.VERIFIED)
    with pytest.raises(HostTaken):
        asked(kalidoni, "PASAR.kalidoni.go.id.") if fresh(ours).state == State.REMOVED else domains.check(claim=ours)


def test_a_released_host_is_never_given_to_another_region(kalidoni: Region, lombok: Region, zone: Zone) -> None:
    claim = opened(kalidoni, zone)
    domains.make_primary(region=kalidoni, host=HOST, by=BY)
    domains.remove(claim=claim, by=BY)
    domains.remove(claim=claim, by=BY)
    gone = Client(headers={"host": HOST}).get("/")
    assert (gone.status_code, "tidak dipakai lagi" in gone.content.decode()) == (410, True)
    assert domains.primary_host(kalidoni) == "kalidoni.localhost"
    with pytest.raises(HostTaken):
        asked(lombok)
    # Whoever goes past the services meets the database.
    with on_platform():
        with pytest.raises(IntegrityError, match="another region"), transaction.atomic():
            Domain.objects.create(tenant=lombok, domain=HOST)
        assert ReleasedHost.objects.filter(host=HOST).exists()
    again = opened(kalidoni, zone)
    assert (again.pk != claim.pk, page()) == (True, 200)


def test_three_days_without_proof_are_told_and_ten_end_it(kalidoni: Region, zone: Zone) -> None:
    with in_region(kalidoni):
        person("Budi", Role.ADMIN)
    claim = opened(kalidoni, zone)
    domains.make_primary(region=kalidoni, host=HOST, by=BY)
    zone.txt(f"_warsa.{HOST}")
    # Looking again and again on one bad day counts for nothing.
    for _ in range(5):
        domains.check(claim=claim, by=BY)
    assert (fresh(claim).failures, fresh(claim).state) == (0, State.ACTIVE)
    assert [a_day_later(claim).state for _ in range(3)] == [State.ACTIVE, State.ACTIVE, State.FAILING]
    assert (page(), domains.primary_host(kalidoni)) == (200, "kalidoni.localhost")
    assert [HOST in subject for subject in mails()] == [True]
    zone.txt(f"_warsa.{HOST}", claim.proof)
    assert (a_day_later(claim).state, fresh(claim).failures) == (State.ACTIVE, 0)
    zone.silent = False
    zone.refuses = True
    for _ in range(9):
        assert a_day_later(claim).state != State.REMOVED
    assert page() == 200
    assert (a_day_later(claim).state, page()) == (State.REMOVED, 410)
    with on_platform():
        assert domains.check_due() == 0
    assert len(mails()) == 4


def test_links_name_the_primary_host(kalidoni: Region, zone: Zone) -> None:
    claim = proven(kalidoni, zone)
    with pytest.raises(NotInThisState):
        domains.make_primary(region=kalidoni, host=HOST, by=BY)
    domains.open_host(claim=claim, by=BY)
    domains.make_primary(region=kalidoni, host=HOST, by=BY)
    with on_platform():
        assert region_url(Region.objects.get(pk=kalidoni.pk)).startswith(f"http://{HOST}:")
        assert Domain.objects.filter(tenant=kalidoni, is_primary=True).count() == 1
    domains.make_primary(region=kalidoni, host="kalidoni.localhost", by=BY)
    assert domains.primary_host(kalidoni) == "kalidoni.localhost"
    for host in ("lombok.localhost", "localhost", ""):
        with pytest.raises(NotInThisState):
            domains.make_primary(region=kalidoni, host=host, by=BY)


def test_whether_the_host_leads_here(kalidoni: Region, zone: Zone) -> None:
    claim = asked(kalidoni)
    assert domains.points_here(claim) is None
    zone.address("kalidoni.localhost", "203.0.113.5")
    zone.address(HOST, "203.0.113.9")
    assert domains.points_here(claim) is False
    del zone.records[HOST, "A"]
    zone.alias(HOST, "kalidoni.localhost")
    assert domains.points_here(claim) is True


def test_a_region_has_few_hosts(kalidoni: Region) -> None:
    for number in range(domains.MOST_HOSTS):
        asked(kalidoni, f"pasar{number}.example.org")
    with pytest.raises(TooManyHosts):
        asked(kalidoni, "lagi.example.org")


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Pasar.Kalidoni.GO.id", "pasar.kalidoni.go.id"),
        (" https://pasar.kalidoni.go.id/ ", "pasar.kalidoni.go.id"),
        ("pasar.kalidoni.go.id.", "pasar.kalidoni.go.id"),
        ("bücher.example.org", "xn--bcher-kva.example.org"),
        ("XN--bcher-kva.example.org", "xn--bcher-kva.example.org"),
    ],
)
def test_a_host_is_written_in_one_way(text: str, host: str) -> None:
    assert clean_host(text) == host


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "pasar", "go.id", "co.id", "localhost", "kalidoni.localhost", "x.kalidoni.localhost", "127.0.0.1", "[::1]",
        "::1", "2130706433", "1.2.3", "pasar.example.org:8000", "pasar..example.org", "-pasar.example.org", "pasar_1.example.org",
        "pasar.example.org/x", "a@example.org", "github.io", "kami.github.io", "p" * 64 + ".example.org", "x." * 150 + "id",
        "pasar.\x00.id", "pasar .id", "*.example.org", "\ud800.id",
    ],
)  # fmt: skip
def test_what_can_be_nobodys_own_host_is_refused(text: str) -> None:
    with pytest.raises(HostRefused):
        clean_host(text)


def test_the_admins_page_leads_through_it(kalidoni: Region, lombok: Region, zone: Zone) -> None:
    with in_region(kalidoni):
        budi, ratna = person("Budi", Role.ADMIN), person("Ratna")
        client, stranger = browser_of(budi), browser_of(ratna)
    assert stranger.get("/wilayah/domain/").status_code == 404
    refused = client.post("/wilayah/domain/tambah/", {"host": "lombok.localhost"})
    assert (refused.status_code, "alamat platform ini" in refused.content.decode()) == (400, True)
    assert client.post("/wilayah/domain/tambah/", {"host": HOST}).status_code == 302
    with on_platform():
        claim = DomainClaim.objects.get(host=HOST)
    shown = client.get("/wilayah/domain/").content.decode()
    assert f"_warsa.{HOST}" in shown
    assert claim.proof in shown
    zone.txt(f"_warsa.{HOST}", claim.proof)
    for step in ("periksa", "pakai"):
        assert client.post(f"/wilayah/domain/{claim.public_id}/{step}/").status_code == 302
    assert (fresh(claim).state, page()) == (State.ACTIVE, 200)
    assert client.post("/wilayah/domain/utama/", {"host": HOST}).status_code == 302
    assert domains.primary_host(kalidoni) == HOST
    for bad in ("\x00", "a\x00.id", "", "x" * 9000):
        assert client.post("/wilayah/domain/utama/", {"host": bad}).status_code == 404
    theirs = asked(lombok, "pasar.lombok.go.id")
    assert client.post(f"/wilayah/domain/{theirs.public_id}/lepas/").status_code == 404
    assert client.post(f"/wilayah/domain/{claim.public_id}/lepas/").status_code == 302
    assert page() == 410
