"""A signed text is good for its kind, in its region, for its time."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from tenants import signing
from tenants.context import in_region, on_platform
from tenants.errors import BadToken, NoRegionBound
from tenants.models import Region

DAY = timedelta(days=1)


def test_it_is_read_where_and_as_what_it_was_made(kalidoni: Region, lombok: Region) -> None:
    with in_region(kalidoni):
        token = signing.dumps("invitation", {"id": 7})
        assert signing.loads("invitation", token, max_age=DAY) == {"id": 7}
        with pytest.raises(BadToken):
            signing.loads("receipt", token, max_age=DAY)
        with pytest.raises(BadToken):
            signing.loads("invitation", token[:-1] + ("a" if token[-1] != "a" else "b"), max_age=DAY)
    with in_region(lombok), pytest.raises(BadToken):
        signing.loads("invitation", token, max_age=DAY)
    with on_platform(), pytest.raises(BadToken):
        signing.loads("invitation", token, max_age=DAY)


def test_it_ends(kalidoni: Region) -> None:
    with in_region(kalidoni), time_machine.travel("2026-11-24T12:00Z", tick=False) as clock:
        token = signing.dumps("invitation", 7)
        clock.shift(DAY + timedelta(seconds=1))
        with pytest.raises(BadToken):
            signing.loads("invitation", token, max_age=DAY)


def test_nothing_is_signed_for_nobody(db: None) -> None:
    with pytest.raises(NoRegionBound):
        signing.dumps("invitation", 7)
