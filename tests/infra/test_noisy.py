"""One region's crowd before a real web: it is told to come again, and the others do not notice. In figures: `make bench-noisy`."""

from __future__ import annotations

import http.client
import select
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.embedded import children
from tenants.models import Region
from tests.benchmarks.visitors import Group, come
from tests.infra.web import Web

CROWD, QUIET = "kalidoni.localhost", "lombok.localhost"
SECONDS = 12


@pytest.fixture
def web(committed: None, kalidoni: Region, lombok: Region, tmp_path: Path) -> Iterator[Web]:
    one = Web(tmp_path / "web.log")
    try:
        one.start()
        one.wait()
        yield one
    finally:
        if one.child is not None:
            children.stop(one.child)


def test_a_crowd_is_asked_to_come_again_and_the_others_are_served(web: Web) -> None:
    seen = come(
        web.port,
        [Group("crowd", CROWD, ["/"], per_second=200, hands=32), Group("quiet", QUIET, ["/", "/masuk/"], per_second=3)],
        SECONDS,
    )
    crowd, quiet = seen["crowd"], seen["quiet"]
    assert set(crowd.codes) == {"200", "429"}, seen
    assert crowd.told_when == crowd.codes["429"]
    assert set(quiet.codes) == {"200"}, seen
    # What it costs is counted, at the door too.
    status, text = web.get("/metrics", port=web.numbers)
    assert status == 200 and 'warsa_requests_total{route="door",site="region",status="429"}' in text
    deadline = time.monotonic() + 20
    while (last := web.get("/", host=CROWD, patience=20))[0] != 200:
        assert last[0] == 429 and "Pasar sedang ramai" in last[1]
        assert time.monotonic() < deadline, "it is served again when the crowd has gone"
        time.sleep(1)


def test_what_a_crowd_waits_for_others_do_not(web: Web) -> None:
    """Forty at once of one region; who comes then for another is the next but those who are inside."""
    lines = [http.client.HTTPConnection("127.0.0.1", web.port, timeout=60) for _one in range(40)]
    for line in lines:
        line.request("GET", "/", headers={"Host": CROWD, "X-Forwarded-Proto": "https"})
    assert web.get("/", host=QUIET, patience=20)[0] == 200
    answered, _none, _failed = select.select([line.sock for line in lines], [], [], 0)
    assert len(answered) < len(lines) / 2
    assert {line.getresponse().status for line in lines} <= {200, 429}
