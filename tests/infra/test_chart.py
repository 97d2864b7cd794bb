"""The chart, rendered by Helm's own engine."""

from __future__ import annotations

from typing import Any

import helm_python
import pytest
import yaml

from tests.infra.files import CHART, INFRA, NOT_PRODUCTION, ROOT, read_beside, read_by_settings

VALUES: dict[str, Any] = {
    "image": {"repository": "registry.example/warsa", "tag": "7"},
    "host": "warsa.example",
    "secretName": "warsa",
    "caddy": {"acmeEmail": "operator@warsa.example"},
}


def merged(changes: dict[str, Any]) -> dict[str, Any]:
    whole = {**VALUES}
    for name, value in changes.items():
        whole[name] = {**whole.get(name, {}), **value} if isinstance(value, dict) else value
    return whole


def render(**changes: Any) -> list[dict[str, Any]]:
    with helm_python.Chart.load(str(CHART)) as chart:
        chart.validate_schema(merged(changes))
        texts = chart.render(merged(changes), name="pasar", namespace="warsa")
    return [one for text in texts.values() for one in yaml.safe_load_all(text) if one]


@pytest.fixture(scope="module")
def manifests() -> list[dict[str, Any]]:
    return render()


def of(manifests: list[dict[str, Any]], kind: str, name: str = "") -> dict[str, Any]:
    (found,) = [
        one for one in manifests if one["kind"] == kind and one["metadata"]["name"] == f"pasar-{name}".rstrip("-")
    ]
    return found


def pods(manifests: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found = {}
    for one in manifests:
        spec = one.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            found[one["metadata"]["name"]] = spec["template"]
    return found


def test_what_is_in_it(manifests: list[dict[str, Any]]) -> None:
    kinds = {(one["kind"], one["metadata"]["name"].removeprefix("pasar-")) for one in manifests}
    assert {
        ("Deployment", "web"), ("Deployment", "worker"), ("Deployment", "beat"), ("Deployment", "metrics"),
        ("Deployment", "caddy"), ("Deployment", "backup-log"), ("CronJob", "backup-base"), ("CronJob", "backup-check"),
        ("Job", "migrate"), ("PodDisruptionBudget", "web"), ("PodDisruptionBudget", "worker"),
        ("HorizontalPodAutoscaler", "web"), ("Service", "web"), ("Service", "caddy"), ("NetworkPolicy", "closed"),
    } <= kinds  # fmt: skip
    assert not [kind for kind, _ in kinds if kind in ("Secret", "ClusterRole", "Role", "ServiceAccount")]


def test_every_pod_has_no_more_rights_than_it_needs(manifests: list[dict[str, Any]]) -> None:
    found = pods(manifests)
    assert len(found) == 9
    for name, pod in found.items():
        assert pod["spec"]["securityContext"]["runAsNonRoot"] is True, name
        assert pod["spec"]["automountServiceAccountToken"] is False, name
        for container in pod["spec"]["containers"]:
            security = container["securityContext"]
            assert security["readOnlyRootFilesystem"] is True and security["allowPrivilegeEscalation"] is False, name
            assert security["capabilities"]["drop"] == ["ALL"], name
            assert container["resources"]["limits"]["memory"] and container["resources"]["requests"], name


def test_selectors_find_their_pods_and_volumes_are_there(manifests: list[dict[str, Any]]) -> None:
    templates = pods(manifests)
    labels = {name: pod["metadata"]["labels"] for name, pod in templates.items()}
    for one in manifests:
        selector = one.get("spec", {}).get("selector")
        if one["kind"] in ("Deployment", "PodDisruptionBudget", "Service"):
            wanted = selector.get("matchLabels", selector)
            assert [name for name, has in labels.items() if wanted.items() <= has.items()] == [
                one["metadata"]["name"]
            ], one["metadata"]["name"]
    claims = {one["metadata"]["name"] for one in manifests if one["kind"] == "PersistentVolumeClaim"}
    for name, pod in templates.items():
        volumes = {volume["name"]: volume for volume in pod["spec"]["volumes"]}
        for container in pod["spec"]["containers"]:
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes.keys(), name
        used = {v["persistentVolumeClaim"]["claimName"] for v in volumes.values() if "persistentVolumeClaim" in v}
        assert used <= claims, name


def test_secrets_are_referred_to_and_variables_are_read_by_our_programs(manifests: list[dict[str, Any]]) -> None:
    known = (read_by_settings() | read_beside()) - NOT_PRODUCTION
    needed = {
        "WARSA_SECRET_KEY",
        "WARSA_PERSONAL_KEYS",
        "WARSA_DATABASE_URL",
        "WARSA_BROKER_URL",
        "WARSA_CACHE_URL",
        "WARSA_BASE_HOST",
    }
    keys = {"web": "web-database-url", "worker": "worker-database-url", "migrate": "migrate-database-url"}
    for name, pod in pods(manifests).items():
        (container,) = pod["spec"]["containers"]
        names = {entry["name"]: entry for entry in container["env"]}
        ours = {entry for entry in names if entry.startswith("WARSA_")}
        if name == "pasar-caddy":
            assert ours == {"WARSA_BASE_HOST", "WARSA_ACME_EMAIL", "WARSA_WEB"}
            continue
        assert ours <= known, name
        for secret in ours & {
            "WARSA_SECRET_KEY",
            "WARSA_DATABASE_URL",
            "WARSA_PERSONAL_KEYS",
            "WARSA_BACKUP_DATABASE_URL",
        }:
            assert names[secret]["valueFrom"]["secretKeyRef"]["name"] == "warsa", (name, secret)
        if "backup" not in name:
            assert needed <= ours, name
        short = name.removeprefix("pasar-")
        if short in keys:
            assert names["WARSA_DATABASE_URL"]["valueFrom"]["secretKeyRef"]["key"] == keys[short]


def test_there_is_one_beat_and_the_old_one_ends_first(manifests: list[dict[str, Any]]) -> None:
    for name in ("beat", "metrics", "backup-log"):
        spec = of(manifests, "Deployment", name)["spec"]
        assert spec["replicas"] == 1 and spec["strategy"] == {"type": "Recreate"}
    assert not [
        one
        for one in manifests
        if one["kind"] == "HorizontalPodAutoscaler" and "beat" in str(one["spec"]["scaleTargetRef"])
    ]


def test_the_web_is_replaced_without_a_gap(manifests: list[dict[str, Any]]) -> None:
    spec = of(manifests, "Deployment", "web")["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert "replicas" not in spec, "the autoscaler's number would be undone by each upgrade"
    pod = spec["template"]["spec"]
    (container,) = pod["containers"]
    before = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    assert pod["terminationGracePeriodSeconds"] > before + 30
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["httpHeaders"] == [{"name": "Host", "value": "warsa.example"}], probe
    # A database that is away makes pods unready; it must not have them killed.
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_the_fleet_goes_first(manifests: list[dict[str, Any]]) -> None:
    job = of(manifests, "Job", "migrate")
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert job["spec"]["template"]["spec"]["containers"][0]["args"] == ["sh", "infra/release/expand.sh"]


def test_nobody_reaches_the_web_but_the_proxy(manifests: list[dict[str, Any]]) -> None:
    (rule,) = of(manifests, "NetworkPolicy", "web")["spec"]["ingress"]
    assert rule["from"] == [{"podSelector": {"matchLabels": {
        "app.kubernetes.io/name": "warsa", "app.kubernetes.io/instance": "pasar", "app.kubernetes.io/component": "caddy"}}}]  # fmt: skip
    assert of(manifests, "NetworkPolicy", "closed")["spec"].get("ingress") is None


def test_caddy_reads_the_file_that_compose_reads(manifests: list[dict[str, Any]]) -> None:
    assert (CHART / "files/Caddyfile").read_text() == (INFRA / "compose/Caddyfile").read_text()
    assert (
        of(manifests, "ConfigMap", "caddy")["data"]["Caddyfile"].strip()
        == (CHART / "files/Caddyfile").read_text().strip()
    )


def test_with_an_ingress_instead() -> None:
    found = render(caddy={"enabled": False}, ingress={"enabled": True, "tlsSecretName": "wildcard"})
    hosts = [rule["host"] for rule in of(found, "Ingress")["spec"]["rules"]]
    assert hosts == ["warsa.example", "*.warsa.example"]
    assert not [one for one in found if one["metadata"]["name"] == "pasar-caddy"]


@pytest.mark.parametrize(
    ("case", "changes"),
    [
        ("no image", {"image": {"repository": ""}}),
        ("an image that may be any", {"image": {"tag": "latest"}}),
        ("no host", {"host": ""}),
        ("a host without a dot", {"host": "localhost"}),
        ("no secret", {"secretName": ""}),
        ("one web process, which cannot be replaced", {"web": {"replicas": 1}}),
        ("a name that settings do not have", {"env": {"DATABASE": "x"}}),
        ("a number as text", {"backup": {"keep": "seven"}}),
        ("a word that the chart does not know", {"wrong": {"replicas": 2}}),
    ],
)
def test_values_that_are_refused(case: str, changes: dict[str, Any]) -> None:
    with pytest.raises(helm_python.HelmValuesError):
        render(**changes)


def test_it_is_documented() -> None:
    assert "infra/kubernetes/chart" in (ROOT / "docs/production.md").read_text()
