"""Too few came: who gets what. Pure numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenant_apps.procurement.consolidation import Claim, allot

CLAIMS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 10)), min_size=1, max_size=8)


def claims_of(wishes: list[tuple[int, int]]) -> list[Claim]:
    return [Claim(line, firm, tolerance) for line, (firm, tolerance) in enumerate(wishes, start=1)]


@pytest.mark.parametrize(
    ("received", "shares"),
    [
        (12, {1: 7, 2: 5}),
        (10, {1: 6, 2: 4}),
        (9, {1: 5, 2: 4}),
        (6, {1: 3, 2: 3}),
        (1, {1: 1, 2: 0}),
        (0, {1: 0, 2: 0}),
    ],
)
def test_what_is_firm_comes_first_and_each_share_is_in_proportion(received: int, shares: dict[int, int]) -> None:
    assert allot(received, [Claim(1, 5, 2), Claim(2, 4, 1)]) == shares


def test_what_cannot_be_is_refused() -> None:
    for received, claims in (
        (13, [Claim(1, 5, 2), Claim(2, 4, 1)]),
        (2, [Claim(1, 5, 0, 3)]),
        (1, [Claim(1, 5, 0)] * 2),
    ):
        with pytest.raises(ValueError):
            allot(received, claims)


@given(wishes=CLAIMS, part=st.floats(0, 1), data=st.data())
def test_the_shares_sum_to_what_came_and_no_part_is_exceeded(
    wishes: list[tuple[int, int]], part: float, data: st.DataObject
) -> None:
    claims = claims_of(wishes)
    received = int(part * sum(firm + tolerance for firm, tolerance in wishes))
    found = allot(received, claims)
    assert sum(found.values()) == received
    assert all(0 <= found[one.line] <= one.firm + one.tolerance for one in claims)
    if any(found[one.line] > one.firm for one in claims):
        assert all(found[one.line] >= one.firm for one in claims)
    assert allot(received, data.draw(st.permutations(claims))) == found


@given(wishes=CLAIMS, data=st.data())
def test_more_that_comes_takes_nothing_away(wishes: list[tuple[int, int]], data: st.DataObject) -> None:
    claims = claims_of(wishes)
    whole = sum(firm + tolerance for firm, tolerance in wishes)
    came = 0
    given_before = {one.line: 0 for one in claims}
    while came < whole:
        came = data.draw(st.integers(came + 1, whole))
        found = allot(came, [Claim(one.line, one.firm, one.tolerance, given_before[one.line]) for one in claims])
        assert sum(found.values()) == came
        assert all(given_before[one.line] <= found[one.line] <= one.firm + one.tolerance for one in claims)
        given_before = found
    assert given_before == {one.line: one.firm + one.tolerance for one in claims}
