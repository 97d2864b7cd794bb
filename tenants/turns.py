"""Who is served next: sites take turns, so that a long queue at one of them is nobody else's. Pure; not for several threads."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Generic, TypeVar

Waiting = TypeVar("Waiting")


class Turns(Generic[Waiting]):
    """A queue for each site; next is the one with the fewest inside, and among these who has waited longest since its last turn.

    Units:   `hands`: how many are served at a time; `each` tells how many of them may be of a site now; so many as `queue` of
             one site wait.
    """

    def __init__(self, hands: int, *, each: Callable[[bytes], int], queue: int) -> None:
        self._hands, self._each, self._queue = hands, each, queue
        # In the order of their turns.
        self._queues: OrderedDict[bytes, deque[Waiting]] = OrderedDict()
        self._inside: dict[bytes, int] = {}

    def add(self, site: bytes, one: Waiting) -> bool:
        """It waits for the site's turn; False where too many do already, and then it does not."""
        waiting = self._queues.setdefault(site, deque())
        if len(waiting) >= self._queue:
            return False
        waiting.append(one)
        return True

    def take(self) -> tuple[bytes, Waiting] | None:
        """Whose turn it is, who is then inside until `left`; None while nobody may come in."""
        if sum(self._inside.values()) >= self._hands:
            return None
        free = [site for site in self._queues if self._inside.get(site, 0) < self._each(site)]
        if not free:
            return None
        site = min(free, key=lambda one: self._inside.get(one, 0))
        waiting = self._queues[site]
        one = waiting.popleft()
        if waiting:
            self._queues.move_to_end(site)
        else:
            del self._queues[site]
        self._inside[site] = self._inside.get(site, 0) + 1
        return site, one

    def left(self, site: bytes) -> None:
        """One of the site has been served."""
        self._inside[site] -= 1
        if not self._inside[site]:
            del self._inside[site]
