"""Sites take turns at a process's hands."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tenants.turns import Turns


def turns(hands: int = 4, each: int = 3, queue: int = 100) -> Turns[str]:
    return Turns(hands, each=lambda site: each, queue=queue)


def served(queue: Turns[str], most: int) -> list[str]:
    """Whom one hand serves, one after the other."""
    seen = []
    for _one in range(most):
        found = queue.take()
        if found is None:
            break
        queue.left(found[0])
        seen.append(found[1])
    return seen


def test_who_comes_alone_waits_for_one_of_the_crowd_at_most() -> None:
    queue = turns()
    for number in range(50):
        queue.add(b"crowd", f"c{number}")
    queue.add(b"quiet", "q")
    assert served(queue, 3) == ["c0", "q", "c1"]


def test_each_site_is_served_in_the_order_of_coming() -> None:
    queue = turns()
    for number in range(3):
        queue.add(b"a", f"a{number}")
        queue.add(b"b", f"b{number}")
    assert served(queue, 9) == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_one_site_leaves_a_hand_free_for_the_others() -> None:
    queue = turns()
    for number in range(9):
        queue.add(b"crowd", f"c{number}")
    assert [queue.take() for _one in range(4)][-1] is None
    queue.add(b"quiet", "q")
    assert queue.take() == (b"quiet", "q")
    queue.add(b"other", "o")
    assert queue.take() is None, "all hands are full"
    queue.left(b"crowd")
    assert queue.take() == (b"other", "o")


def test_how_many_of_a_site_is_asked_each_time() -> None:
    most = {b"a": 3}
    queue: Turns[str] = Turns(4, each=lambda site: most[site], queue=100)
    for number in range(4):
        queue.add(b"a", f"a{number}")
    assert queue.take() is not None
    most[b"a"] = 1
    assert queue.take() is None
    queue.left(b"a")
    assert queue.take() == (b"a", "a1")


def test_a_queue_that_is_full_takes_nobody_and_the_others_do() -> None:
    queue = turns(queue=2)
    assert [queue.add(b"a", name) for name in "xyz"] == [True, True, False]
    assert queue.add(b"b", "w")
    assert served(queue, 9) == ["x", "w", "y"]
    assert queue.add(b"a", "z")


@given(st.lists(st.tuples(st.sampled_from([b"a", b"b", b"c"]), st.booleans()), max_size=80))
def test_nobody_is_lost_and_nobody_is_served_twice(steps: list[tuple[bytes, bool]]) -> None:
    queue = turns(queue=10)
    came: list[str] = []
    inside: list[bytes] = []
    left: list[str] = []
    for number, (site, comes) in enumerate(steps):
        if comes:
            if queue.add(site, f"{site!r}{number}"):
                came.append(f"{site!r}{number}")
        elif inside:
            queue.left(inside.pop(0))
        if (found := queue.take()) is not None:
            inside.append(found[0])
            left.append(found[1])
        assert len(inside) <= 4 and max(Counter(inside).values(), default=0) <= 3
    for site in inside:
        queue.left(site)
    left += served(queue, 1_000)
    assert sorted(left) == sorted(came)
    assert queue.take() is None
