"""Visitors over HTTP, in a process of their own: they come by the clock, and do not wait for one another.

`python -m tests.benchmarks.visitors` reads one line of JSON (seconds, port, groups) and writes one: of each group the answers' codes
and, of those that were served, how long each took from when it was due.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from tests.benchmarks.ground import ROOT

PATIENCE = 60


@dataclass(frozen=True)
class Group:
    """Visitors of one region: `per_second` requests in all, by so many `hands` at most at a time."""

    name: str
    host: str
    paths: Sequence[str]
    per_second: float
    hands: int = 4
    cookie: str = ""


@dataclass
class Seen:
    """What a group saw. Units: seconds."""

    codes: Counter[str] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)
    # Refusals that say when to come again.
    told_when: int = 0


class Hand(threading.Thread):
    def __init__(self, port: int, group: Group, number: int, until: float, began: float) -> None:
        super().__init__(daemon=True)
        self.port, self.group, self.number, self.until, self.began = port, group, number, until, began
        self.seen = Seen()

    def run(self) -> None:
        every = self.group.hands / self.group.per_second
        due = self.began + self.number / self.group.per_second
        turn = self.number
        while due < self.until:
            time.sleep(max(0.0, due - time.monotonic()))
            self._visit(self.group.paths[turn % len(self.group.paths)], due)
            turn += self.group.hands
            # Who was kept goes on from there, and does not come twice for it.
            due = max(due + every, time.monotonic() - every)

    def _visit(self, path: str, due: float) -> None:
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Host": self.group.host, "X-Forwarded-Proto": "https"}
        if self.group.cookie:
            headers["Cookie"] = self.group.cookie
        try:
            asking.request("GET", path, headers=headers)
            answer = asking.getresponse()
            answer.read()
        except OSError as failure:
            self.seen.codes[type(failure).__name__] += 1
            return
        finally:
            asking.close()
        self.seen.codes[str(answer.status)] += 1
        if answer.status == 429:
            self.seen.told_when += answer.getheader("Retry-After", "").isdigit()
        else:
            self.seen.took.append(time.monotonic() - due)


def come(port: int, groups: Sequence[Group], seconds: float) -> dict[str, Seen]:
    """All groups at once, in this process."""
    began = time.monotonic() + 0.2
    hands = [Hand(port, group, number, began + seconds, began) for group in groups for number in range(group.hands)]
    for hand in hands:
        hand.start()
    seen = {group.name: Seen() for group in groups}
    for hand in hands:
        hand.join()
        one = seen[hand.group.name]
        one.codes += hand.seen.codes
        one.took += hand.seen.took
        one.told_when += hand.seen.told_when
    return seen


class Crowd:
    """Groups that come from a process of their own, so that theirs is not the time of those who measure."""

    def __init__(self, port: int, groups: Sequence[Group], seconds: float) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.visitors"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._child.stdin is not None
        order = {"port": port, "groups": [asdict(group) for group in groups], "seconds": seconds}
        self._child.stdin.write(json.dumps(order) + "\n")
        self._child.stdin.flush()

    def seen(self) -> dict[str, Seen]:
        """When all have left."""
        out, _ = self._child.communicate(timeout=600)
        told: dict[str, tuple[dict[str, int], list[float], int]] = json.loads(out)
        return {name: Seen(Counter(codes), took, told_when) for name, (codes, took, told_when) in told.items()}


def main() -> None:
    order = json.loads(sys.stdin.readline())
    groups = [Group(**group) for group in order["groups"]]
    seen = come(order["port"], groups, order["seconds"])
    print(json.dumps({name: [dict(one.codes), one.took, one.told_when] for name, one in seen.items()}))


if __name__ == "__main__":
    main()
