"""A run of the probe: pairs of regions are asked in turn on one connection, and each answer is searched for tokens of others."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from shared_apps.leak_probe.locks import PROBING
from shared_apps.leak_probe.models import ProbeFinding, ProbeRun, ProbeToken
from shared_apps.leak_probe.services.asking import Answer, Line
from shared_apps.leak_probe.services.looking import MARK, Sight, foreign, look, own_tokens
from tenants.kernel import clock
from tenants.locks import alone
from tenants.models import Domain, Region, RegionStatus

log = logging.getLogger(__name__)

KIND = ProbeFinding.Kind
# What visitors open without signing in; the API's word on the region itself too.
PATHS = (MARK, "/", "/masuk/", "/cari/?q=a", "/api/v1/region/")
BATCH = 20
# Seconds after which a run begins no further pair.
LONGEST = 45.0
KEPT = timedelta(days=30)


def probe() -> ProbeRun | None:
    """The next regions in their order are asked. None where no address is set, another process probes, or no region is open.

    On the platform, not inside a transaction. It raises nothing for what it finds: rows say so, and alerts.
    Writes:  missing tokens, the run, its findings; runs older than KEPT go; what a killed worker left ends as cut off.
    """
    if not settings.PROBE_URL:
        return None
    with alone(PROBING) as mine:
        if not mine:
            return None
        now = clock.now()
        ProbeRun.objects.filter(state=ProbeRun.State.RUNNING).update(state=ProbeRun.State.CUT_OFF, ended_at=now)
        ProbeRun.objects.filter(started_at__lt=now - KEPT).delete()
        make_missing_tokens()
        plan = _plan()
        if plan is None:
            return None
        run, batch = plan
        _Round(run, batch).go()
        return run


def make_missing_tokens() -> int:
    """Every open region has a token. Returns how many were made."""
    without = Region.objects.filter(status=RegionStatus.READY, probe_token=None)
    rows = [ProbeToken(region_id=pk) for pk in without.values_list("pk", flat=True)]
    ProbeToken.objects.bulk_create(rows, batch_size=1_000, ignore_conflicts=True)
    return len(rows)


def _open_after(cursor: int) -> list[ProbeToken]:
    rows = ProbeToken.objects.filter(region__status=RegionStatus.READY, region__pk__gt=cursor)
    return list(rows.select_related("region").order_by("region_id")[:BATCH])


def _plan() -> tuple[ProbeRun, list[ProbeToken]] | None:
    """The run and whom it asks: those after the last run's cursor, or from the first on in a new round."""
    last = ProbeRun.objects.order_by("-pk").first()
    number, cursor = (last.round, last.cursor) if last else (1, 0)
    batch = [] if last and last.ends_round else _open_after(cursor)
    if not batch:
        # Also where all that followed were shut meanwhile.
        number, cursor, batch = number + bool(last), 0, _open_after(0)
    if not batch:
        return None
    return ProbeRun.objects.create(round=number, cursor=cursor), batch


class _Round:
    """One run at its work."""

    def __init__(self, run: ProbeRun, batch: list[ProbeToken]) -> None:
        self.run, self.batch = run, batch
        self.pairs = _pairs(batch)
        ids = {one.region_id for pair in self.pairs for one in pair}
        rows = Domain.objects.filter(tenant_id__in=ids, is_primary=True)
        self.hosts: dict[int, str] = dict(rows.values_list("tenant_id", "domain"))
        self.done: set[int] = set()

    def go(self) -> None:
        deadline = time.monotonic() + LONGEST
        for pair in self.pairs:
            if self.done and time.monotonic() > deadline:
                break
            self._ask_pair([one for one in pair if one.region_id in self.hosts])
            self.done |= {one.region_id for one in pair}
        left = [one.region_id for one in self.batch if one.region_id not in self.done]
        run = self.run
        run.cursor = min(left) - 1 if left else self.batch[-1].region_id
        run.ends_round = not left and not _open_after(run.cursor)
        run.regions = len(self.done)
        run.state, run.ended_at = ProbeRun.State.ENDED, clock.now()
        run.save()

    def _ask_pair(self, pair: list[ProbeToken]) -> None:
        line = Line(settings.PROBE_URL)
        dead: set[int] = set()
        ill: set[int] = set()
        try:
            for path in PATHS:
                for one in pair:
                    if one.region_id not in dead:
                        answer = line.ask(self.hosts[one.region_id], path)
                        if answer.failure:
                            dead.add(one.region_id)
                        if self._judge(one, path, answer):
                            ill.add(one.region_id)
        finally:
            line.close()
        well = {one.region_id for one in pair} - ill
        _well_again(well)

    def _judge(self, one: ProbeToken, path: str, answer: Answer) -> bool:
        """Write down what is wrong. Whether the region is ill: blind, not reached, or passed over."""
        if not answer.failure:
            self.run.answers += 1
        self.run.own_seen += own_tokens(one.token, answer)
        if _may_be_so(one.region, answer):
            self.run.skipped += 1
            # It is not asked for its token, but another's must not stand there either.
            self._note(one, path, answer, foreign(one.token, answer))
            return True
        found = look(one.token, path, answer)
        self._note(one, path, answer, found)
        return any(sight.kind != KIND.LEAK for sight in found)

    def _note(self, one: ProbeToken, path: str, answer: Answer, found: Iterable[Sight]) -> None:
        for sight in found:
            self.run.findings_count += 1
            _write(self.run, one, path, answer, sight)


def _pairs(batch: list[ProbeToken]) -> list[list[ProbeToken]]:
    """Two and two, others in each round; who is left over goes with one of the whole fleet. The first in order first."""
    mixed = list(batch)
    random.shuffle(mixed)
    pairs = [mixed[at : at + 2] for at in range(0, len(mixed), 2)]
    if len(pairs[-1]) == 1:
        alone_one = pairs[-1][0]
        others = ProbeToken.objects.filter(region__status=RegionStatus.READY).exclude(pk=alone_one.pk)
        pairs[-1] += list(others.select_related("region").order_by("?")[:1])
    return sorted(pairs, key=lambda pair: min(one.region_id for one in pair))


def _may_be_so(region: Region, answer: Answer) -> bool:
    """Whether the region may answer so: it is busy, or was shut since the run began."""
    if answer.status == 429:
        return True
    shut = answer.status in (404, 410, 503)
    return shut and not Region.objects.filter(pk=region.pk, status=RegionStatus.READY).exists()


def _write(run: ProbeRun, one: ProbeToken, path: str, answer: Answer, sight: Sight) -> None:
    """A new row, or once more the one that is there. Nobody else writes here: the run is alone."""
    owner = (
        ProbeToken.objects.filter(token=sight.token).values_list("region_id", flat=True).first()
        if sight.token
        else None
    )
    now, told = clock.now(), answer.failure or str(answer.status)
    key = {"kind": sight.kind, "asked_id": one.region_id, "owner_id": owner, "path": path, "where": sight.where}
    with transaction.atomic():
        again = ProbeFinding.objects.filter(**key).update(
            run=run, count=F("count") + 1, last_at=now, answer=told, well_at=None
        )
        if not again:
            ProbeFinding.objects.create(**key, run=run, first_at=now, last_at=now, answer=told)
    if sight.kind == KIND.LEAK:
        # The token itself stays out of the log: it would be taken for one more leak by whoever searches there.
        log.error("leak probe: %s of %s shows a token of %s (%s)", path, one.region.schema_name, owner, sight.where)
    else:
        log.warning("leak probe: %s of %s is %s (%s)", path, one.region.schema_name, sight.kind, told)


def _well_again(regions: set[int]) -> None:
    rows = ProbeFinding.objects.filter(asked__in=regions, well_at=None).exclude(kind=KIND.LEAK)
    rows.update(well_at=clock.now())
