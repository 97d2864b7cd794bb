"""Failures and traces arrive at real receivers with region and request, and with nobody's data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.receiving import receiver

ROOT = Path(__file__).resolve().parents[3]
PLANTED = ["081234567890", "1607100101900001", "siti@example.id", "Zubaedah", "aB3dE5gH7jK9mN1pQ3rS", "81234567890"]


@dataclass
class Sent:
    region: str
    said: str
    row: str
    log: str
    reports: list[tuple[str, bytes]]
    traces: list[tuple[str, bytes]]

    @property
    def events(self) -> list[dict[str, Any]]:
        lines = [json.loads(line) for _, body in self.reports for line in body.splitlines() if line.startswith(b"{")]
        return [line for line in lines if "exception" in line]

    @property
    def spans(self) -> list[tuple[str, dict[str, str], bytes, bytes]]:
        found = []
        for _, body in self.traces:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    for span in scope.spans:
                        named = {one.key: one.value.string_value for one in span.attributes}
                        found.append((span.name, named, span.trace_id, span.parent_span_id))
        return found


@pytest.fixture
def sent(committed: None) -> Iterator[Sent]:
    with receiver() as sentry, receiver(b"") as collector:
        url = urlsplit(os.environ["WARSA_DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
        environment = {
            "WARSA_DATABASE_URL": url,
            "WARSA_SENTRY_DSN": f"http://public@127.0.0.1:{sentry.port}/1",
            "WARSA_OTLP_URL": collector.url,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.warsa.observing.failing"],
            env={**os.environ, **environment},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr[-4000:]
        told = json.loads(done.stdout.splitlines()[-1])
        yield Sent(**told, log=done.stderr, reports=sentry.bodies, traces=collector.bodies)


def test_they_arrive_with_region_and_request_and_nobodys_data(sent: Sent) -> None:
    everything = b"".join(body for _, body in [*sent.reports, *sent.traces]).decode(errors="replace") + sent.log
    assert [text for text in PLANTED if text in everything] == []

    tags = [(event["exception"]["values"][-1]["type"], event["tags"]) for event in sent.events]
    by_kind = {(kind, tag.get("request_id"), tag.get("task")): tag for kind, tag in tags}
    assert ("LookupError", sent.said, None) in by_kind
    assert any(request == sent.row for _, request, _ in by_kind)
    assert any(task == "tests.failing" for _, _, task in by_kind)
    assert {tag["region"] for _, tag in tags} == {sent.region}
    assert len(sent.events) >= 3
    # A report is of use: its stack is there.
    assert all(event["exception"]["values"][-1]["stacktrace"]["frames"] for event in sent.events)

    # A task belongs to the trace of whoever asked for it.
    traces = {name: (trace, parent) for name, _, trace, parent in sent.spans}
    assert traces["task tests.quiet"][0] == traces["asking"][0] and traces["task tests.quiet"][1]

    spans = {name: named for name, named, _, _ in sent.spans}
    assert {"POST bahasa/", "task tests.failing", "deliver mail"} <= spans.keys()
    for name in ("POST bahasa/", "task tests.failing", "deliver mail"):
        assert spans[name]["warsa.region"] == sent.region
    assert sent.row in {named.get("warsa.request_id") for name, named, _, _ in sent.spans if name == "POST bahasa/"}
    assert spans["POST bahasa/"]["http.route"] == "bahasa/"
