from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.standins.dns import Zone, dns_server


@pytest.fixture
def zone(settings: Settings) -> Iterator[Zone]:
    """What the DNS says, as the test writes it down."""
    with dns_server() as found:
        settings.DNS_RESOLVERS = [found.resolver]
        yield found
