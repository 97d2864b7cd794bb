"""Alert rules and dashboards ask for numbers that exist, and each alert leads to a runbook."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

import warsa.facts  # noqa: F401
from tenants.observing import facts as registered
from tenants.observing.facts import Snapshot
from tests.infra.files import INFRA, ROOT

MONITORING = INFRA / "monitoring"
RULES = MONITORING / "rules/warsa.yaml"
DASHBOARDS = sorted((MONITORING / "dashboards").glob("*.json"))
PROMTOOL = shutil.which("promtool") or str(ROOT / ".venv/prometheus/usr/bin/promtool")
NAME = re.compile(r"\bwarsa[_:][a-z0-9_:]+")


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions() -> list[str]:
    asked = [rule["expr"] for rule in rules()]
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text())["panels"]:
            asked += [target["expr"] for target in panel["targets"]]
    return asked


@pytest.fixture
def existing(db: None, settings: Any, tmp_path: Path) -> set[str]:
    """Every name that the two kinds of endpoint answer with."""
    (tmp_path / "bases").mkdir()
    (tmp_path / "wal").mkdir()
    settings.BACKUP_BASES, settings.BACKUP_WAL = str(tmp_path / "bases"), str(tmp_path / "wal")
    names = set()
    for family in REGISTRY.collect():
        if family.name.startswith("warsa_"):
            ends = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}[family.type]
            names |= {family.name + end for end in ends}
    snapshot = Snapshot()
    snapshot.measure()
    assert not [name for name, wrong in snapshot.failed.items() if wrong], snapshot.failed
    return names | {family.name for family in snapshot.collect()}


def test_every_number_that_is_asked_for_exists(existing: set[str]) -> None:
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    asked = {name for expression in expressions() for name in NAME.findall(expression)}
    assert len(asked) > 30 and asked - existing - recorded == set()
    # And nothing is measured that nobody looks at.
    unseen = {name for name in existing if not name.endswith(("_sum", "_count"))} - asked
    assert unseen == set()


def test_labels_that_are_compared_exist(existing: set[str]) -> None:
    known = registered._measures.keys()
    named = {name for expression in expressions() for name in re.findall(r'facts="(\w+)"', expression)}
    assert named and named <= known


def test_each_alert_has_words_a_weight_and_a_runbook_that_names_it() -> None:
    alerts = [rule for rule in rules() if "alert" in rule]
    assert len({rule["alert"] for rule in alerts}) == len(alerts) > 20
    for rule in alerts:
        assert rule["labels"]["severity"] in ("page", "ticket"), rule["alert"]
        runbook = ROOT / rule["annotations"]["runbook"]
        assert runbook.exists(), runbook
        assert rule["alert"] in runbook.read_text(), (rule["alert"], runbook.name)


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "rules", "rules/warsa.yaml"],
        ["test", "rules", "tests/warsa.yaml"],
        ["check", "config", "prometheus.yaml"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_prometheus_itself_agrees(arguments: list[str]) -> None:
    done = subprocess.run([PROMTOOL, *arguments], cwd=MONITORING, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_dashboards_have_the_shape_that_grafana_takes(path: Path) -> None:
    board = json.loads(path.read_text())
    assert board["uid"] == path.stem and board["title"] and board["schemaVersion"] >= 36
    ids = [panel["id"] for panel in board["panels"]]
    assert len(set(ids)) == len(ids) > 4
    cells: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        assert panel["type"] in ("timeseries", "stat") and panel["title"] and panel["targets"]
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        own = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & own, panel["title"]
        cells |= own
        for target in panel["targets"]:
            assert target["datasource"] == {"type": "prometheus", "uid": "prometheus"} and target["refId"]


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_expressions_of_dashboards_can_be_read(path: Path, tmp_path: Path) -> None:
    """As rules, for promtool reads no dashboards."""
    asked = [target["expr"] for panel in json.loads(path.read_text())["panels"] for target in panel["targets"]]
    made = [{"record": f"board:{number}", "expr": expression} for number, expression in enumerate(asked)]
    file = tmp_path / "board.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "board", "rules": made}]}))
    done = subprocess.run([PROMTOOL, "check", "rules", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
