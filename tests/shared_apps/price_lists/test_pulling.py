"""Lists that are pulled from an address: what is taken, what is refused, and what the supplier is told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from shared_apps.price_lists import fetching
from shared_apps.price_lists.errors import BadAddress, BadList, PullFailed
from shared_apps.price_lists.fetching import fetch, refuse_address
from shared_apps.price_lists.models import ListState, PriceFeed, PriceList
from shared_apps.price_lists.services import pulling
from shared_apps.price_lists.services.pulling import add_feed, change_feed, due, end_feed, pause_feed, pull
from shared_apps.supplier_catalog.models import SupplierOrganisation, SupplierState
from tenants.context import on_platform
from tenants.kernel import clock
from tenants.outbox.models import OutboxMessage
from tests.cast import BY
from tests.shared_apps.price_lists.lists import AS_IT_IS, EGGS, PALEMBANG, csv, in_force, worked
from tests.shared_apps.price_lists.server import Lists, serving
from tests.shared_apps.supplier_catalog.wholesaler import Wholesaler, sinar_musi

DEARER = "GL-20;Gula pasir 1 kg;dus 20;20 kg;310.000"


@pytest.fixture
def musi(platform: None) -> Wholesaler:
    return sinar_musi()


@pytest.fixture
def theirs(settings: Any) -> Iterator[Lists]:
    settings.PRICE_FEEDS_ALLOW_LOOPBACK = True
    with serving(Lists(body=csv(DEARER, EGGS, AS_IT_IS[0]), etag='"1"')) as lists:
        yield lists


def feed_of(musi: Wholesaler, lists: Lists, *, is_automatic: bool = False) -> PriceFeed:
    return add_feed(
        organisation=musi.organisation, url=lists.url, place=PALEMBANG, every=24, is_automatic=is_automatic, by=BY
    )


def pulled(feed: PriceFeed) -> PriceList | None:
    """Pulled, and what a worker then does done at once, until nothing is left to do."""
    made = pull(feed.pk)
    for _step in range(2):
        made = worked(made) if made else None
    feed.refresh_from_db()
    return made


def mails() -> list[str]:
    rows = OutboxMessage.objects.filter(kind="mail", payload__subject="Daftar harga Anda tidak dapat diambil")
    return list(rows.order_by("pk").values_list("payload__to", flat=True))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "grosir.example/harga.csv",
        "http://grosir.example/harga.csv",
        "ftp://grosir.example/harga.csv",
        "file:///etc/passwd",
        "https://",
        "https://nama:sandi@grosir.example/",
        "https://grosir.example:22/",
        "https://grosir.example:99999/",
        "https://[::1/",
        "https://grosir.example/ harga",
        "https://grosir.example/\r\nHost: x",
        " https://grosir.example/",
    ],
)
def test_what_is_no_address_of_the_public_internet(url: str) -> None:
    with pytest.raises(BadAddress):
        refuse_address(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "2001:0:a00:1::",
    ],
)
def test_a_name_that_leads_into_a_closed_network_is_never_connected_to(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    kind = socket.AF_INET6 if ":" in address else socket.AF_INET
    public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443))
    for found in (
        [(kind, socket.SOCK_STREAM, 6, "", (address, 443))],
        [public, (kind, socket.SOCK_STREAM, 6, "", (address, 443))],
    ):
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, _found=found, **_k: _found)
        monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("connected"))
        with pytest.raises(BadAddress):
            fetch("https://grosir.example/harga.csv")


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["93.184.215.14", "127.0.0.1"])
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *_a, **_k: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 443))],
    )
    went: list[str] = []

    def connect(where: tuple[str, int], **_k: Any) -> socket.socket:
        went.append(where[0])
        raise OSError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(PullFailed):
        fetch("https://grosir.example/harga.csv")
    assert went == ["93.184.215.14"]


def test_a_file_is_fetched_and_not_sent_twice(theirs: Lists) -> None:
    got = fetch(theirs.url)
    assert (got.data, got.etag) == (theirs.body, '"1"')
    assert fetch(theirs.url, etag=got.etag).data is None
    assert theirs.asked == [("/harga.csv", ""), ("/harga.csv", '"1"')]


def test_a_redirect_is_followed_only_where_the_address_itself_might_lead(
    theirs: Lists,
) -> None:
    theirs.status = 302
    theirs.location = "https://10.0.0.1/harga.csv"
    with pytest.raises(BadAddress):
        fetch(theirs.url)
    for location in ("/harga.csv", ""):
        theirs.location = location
        with pytest.raises((PullFailed, BadAddress)):
            fetch(theirs.url)
    # Round and round it goes, but not for ever.
    assert len(theirs.asked) <= 10


@pytest.mark.parametrize("status", [404, 500, 401])
def test_a_server_that_does_not_give_it(theirs: Lists, status: int) -> None:
    theirs.status = status
    with pytest.raises(PullFailed, match=str(status)):
        fetch(theirs.url)


def test_half_a_file_is_none(theirs: Lists) -> None:
    theirs.breaks_off = True
    with pytest.raises(PullFailed):
        fetch(theirs.url)


def test_a_file_that_does_not_end_is_cut_off(theirs: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MOST_BYTES", 10)
    with pytest.raises(PullFailed, match="20 MB"):
        fetch(theirs.url)
    monkeypatch.setattr(fetching, "MOST_BYTES", 10**6)
    monkeypatch.setattr(fetching, "SECONDS", -1.0)
    with pytest.raises(PullFailed):
        fetch(theirs.url)


def test_a_changed_file_becomes_a_list_that_waits(musi: Wholesaler, theirs: Lists) -> None:
    before = in_force(musi.organisation)
    feed = feed_of(musi, theirs)
    made = pulled(feed)
    assert made is not None
    assert (made.state, made.file_name, made.counts["changed"]) == (ListState.READY, "harga.csv", 1)
    assert in_force(musi.organisation) == before
    # Nothing new, said by the server, or found by us.
    assert pulled(feed) is None
    theirs.etag = ""
    assert pulled(feed) is None
    theirs.body = csv(DEARER.replace("310", "311"), EGGS)
    later = pulled(feed)
    assert later is not None
    made.refresh_from_db()
    assert (made.state, later.state) == (ListState.DROPPED, ListState.READY)
    assert PriceList.objects.count() == 2


def test_it_counts_by_itself_where_the_supplier_chose_so(musi: Wholesaler, theirs: Lists) -> None:
    feed = feed_of(musi, theirs, is_automatic=True)
    made = pulled(feed)
    assert made is not None
    assert made.state == ListState.APPLIED
    assert musi.organisation.offers.filter(ended_at=None, tiers__price=310_000).exists()


@pytest.mark.parametrize(
    ("case", "rows"),
    [
        ("a bad row", [DEARER, EGGS, "X;;dus;1;5"]),
        ("a price that jumps", ["GL-20;Gula pasir 1 kg;dus 20;20 kg;900.000"]),
        ("nothing to change", [EGGS]),
    ],
)
def test_but_not_what_somebody_should_look_at(musi: Wholesaler, theirs: Lists, case: str, rows: list[str]) -> None:
    theirs.body = csv(*rows)
    made = pulled(feed_of(musi, theirs, is_automatic=True))
    assert made is not None
    assert made.state == ListState.READY


def test_columns_that_nobody_named_wait_for_somebody(musi: Wholesaler, theirs: Lists) -> None:
    theirs.body = csv("1;2;3", head="A;B;C")
    made = pull(feed_of(musi, theirs).pk)
    assert made is not None
    assert made.state == ListState.UPLOADED


def test_a_failure_is_shown_and_told_once(musi: Wholesaler, theirs: Lists) -> None:
    before = in_force(musi.organisation)
    feed = feed_of(musi, theirs)
    theirs.status = 500
    for _time in range(3):
        assert pulled(feed) is None
    assert (feed.failures, "500" in feed.failure) == (3, True)
    assert mails() == [musi.organisation.email]
    theirs.status, theirs.body = 200, b"\x00 no table"
    pulled(feed)
    assert (feed.failures, len(mails())) == (4, 1)
    theirs.body = csv(EGGS)
    assert pulled(feed) is not None
    assert (feed.failures, feed.failure) == (0, "")
    theirs.status, theirs.etag = 404, ""
    pulled(feed)
    assert len(mails()) == 2
    assert in_force(musi.organisation) == before


def test_a_pull_is_due_once_and_not_of_who_may_not_sell(musi: Wholesaler, theirs: Lists) -> None:
    feed = feed_of(musi, theirs)
    assert due() == [feed.pk]
    pulled(feed)
    assert due() == []
    assert feed.next_at > clock.now() + timedelta(hours=23)
    PriceFeed.objects.update(next_at=clock.now())
    pause_feed(feed=feed, is_paused=True)
    assert due() == []
    pause_feed(feed=feed, is_paused=False)
    assert due() == [feed.pk]
    SupplierOrganisation.objects.update(state=SupplierState.SUSPENDED)
    assert due() == []
    SupplierOrganisation.objects.update(state=SupplierState.VERIFIED)
    end_feed(feed=feed)
    assert due() == []
    assert pull(feed.pk) is None
    assert len(theirs.asked) == 1


def test_two_workers_pull_it_once(committed: None, theirs: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    with on_platform():
        feed = feed_of(sinar_musi(), theirs)
        inside: list[object] = []
        real = fetching.fetch

        def fetch_while_another_tries(*args: Any, **marks: Any) -> Any:
            def other() -> None:
                with on_platform():
                    inside.append(pull(feed.pk))
                connection.close()

            thread = threading.Thread(target=other)
            thread.start()
            thread.join()
            return real(*args, **marks)

        monkeypatch.setattr(pulling, "fetch", fetch_while_another_tries)
        assert pull(feed.pk) is not None
        assert inside == [None]
        assert PriceList.objects.count() == 1


def test_another_address_is_another_file(musi: Wholesaler, theirs: Lists) -> None:
    feed = feed_of(musi, theirs)
    pulled(feed)
    change_feed(feed=feed, url=f"{theirs.url}?baru", place=PALEMBANG, every=1, is_automatic=False)
    assert pulled(feed) is not None
    assert theirs.asked[-1] == ("/harga.csv?baru", "")
    with pytest.raises(BadList):
        change_feed(feed=feed, url=theirs.url, place=("52.71", None), every=1, is_automatic=False)


def test_there_are_not_endless_addresses(musi: Wholesaler, theirs: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "MOST_FEEDS", 1)
    feed_of(musi, theirs)
    with pytest.raises(BadList):
        feed_of(musi, theirs)
