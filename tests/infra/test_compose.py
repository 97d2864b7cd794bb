"""The compose file is valid, whole, and names what our programs read."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import psycopg
import pytest
from django.db import connection

from infra.compose.make_secrets import make
from infra.database.roles import BACKUP, make_backup_role
from tenants.pooling import refuse_leaky_pooler
from tests.infra.files import COMPOSE, INFRA, NOT_PRODUCTION, ROOT, compose, read_beside, read_by_settings, without_file
from tests.tenants.bouncer import bouncer
from tests.world import admin

OURS = {"roles", "migrate", "web-a", "web-b", "worker", "beat", "metrics", "backup-log", "backup-base"}


def environment(service: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = service.get("environment", {})
    return found


def mounted(service: dict[str, Any]) -> list[str]:
    return [volume.split(":")[0] for volume in service.get("volumes", [])]


def test_it_follows_the_specification() -> None:
    schema = json.loads((ROOT / "tests/infra/schemas/compose-spec.json").read_text())
    whole = compose()
    # Younger than this edition of the schema.
    assert whole.pop("name") == "warsa"
    jsonschema.Draft7Validator({**schema, "$schema": "http://json-schema.org/draft-07/schema#"}).validate(whole)


def test_whatever_is_named_is_there(tmp_path: Path) -> None:
    whole = compose()
    made = set(make(tmp_path / "secrets"))
    named = {path["file"] for path in whole["secrets"].values()}
    assert named == {f"infra/compose/secrets/{name}" for name in made}
    for name, service in whole["services"].items():
        assert set(service.get("secrets", [])) <= whole["secrets"].keys(), name
        wanted = {value.removeprefix("/run/secrets/") for value in environment(service).values() if "/run/se" in value}
        assert wanted <= set(service.get("secrets", [])), name
        assert set(service.get("depends_on", [])) <= whole["services"].keys(), name
        for source in mounted(service):
            assert (ROOT / source).exists() if source.startswith("./") else source in whole["volumes"], (name, source)
        if "build" in service:
            assert (ROOT / service["build"]["dockerfile"]).is_file()
    used = {secret for service in whole["services"].values() for secret in service.get("secrets", [])}
    assert used == whole["secrets"].keys()


def test_secrets_are_made_once_and_only_for_their_owner(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    make(folder)
    before = {path.name: path.read_text() for path in folder.iterdir()}
    make(folder)
    assert {path.name: path.read_text() for path in folder.iterdir()} == before
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(before["secret_key"]) > 60 and before["secret_key"] != before["personal_keys"]
    ignored = (ROOT / ".gitignore").read_text().split()
    assert "infra/compose/secrets/" in ignored and "infra/compose/warsa.env" in ignored


def test_every_variable_is_read_and_every_one_that_is_read_is_told() -> None:
    whole = compose()
    given = {
        without_file(name)
        for service in whole["services"].values()
        for name in environment(service)
        if name.startswith("WARSA_")
    }
    example = set(re.findall(r"^#?(WARSA_[A-Z_]+)=", (INFRA / "compose/warsa.env.example").read_text(), re.M))
    settings, beside = read_by_settings(), read_beside()
    # Names for Caddy alone.
    assert {without_file(name) for name in (given | example)} - settings - beside == {"WARSA_ACME_EMAIL"}
    fixed_in_image = {"WARSA_ARCHIVES_ROOT", "WARSA_MEDIA_ROOT", "WARSA_STATIC_ROOT"}
    assert all(f" {name}=" in (INFRA / "container/Dockerfile").read_text() for name in fixed_in_image)
    assert settings - NOT_PRODUCTION - given - example - fixed_in_image == set()


def test_what_there_may_be_one_of_is_one_and_what_serves_is_two() -> None:
    services = compose()["services"]
    beats = [name for name, service in services.items() if "beat" in service.get("command", [])]
    assert beats == ["beat"] and "deploy" not in services["beat"]
    assert services["web-a"] == services["web-b"]


def test_nothing_but_the_proxy_is_open_and_nothing_is_more_than_it_must() -> None:
    services = compose()["services"]
    open_to_all = {
        name
        for name, service in services.items()
        for port in service.get("ports", [])
        if not port.startswith("127.0.0.1:")
    }
    assert open_to_all == {"caddy"}
    for name in OURS:
        service = services[name]
        assert (
            service["cap_drop"] == ["ALL"]
            and service["read_only"] is True
            and "no-new-privileges:true" in service["security_opt"]
        ), name
    for name, service in services.items():
        image = service["image"]
        assert ":latest" not in image and ":" in image, (name, image)
    # The web may log in as the web and as nobody else.
    assert {secret for secret in services["web-a"]["secrets"] if "database" in secret} == {"web_database_url"}


def test_nothing_new_starts_before_the_fleet_is_there() -> None:
    services = compose()["services"]
    for name in ("web-a", "web-b", "worker", "beat", "metrics"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert services["migrate"]["command"] == ["sh", "infra/release/expand.sh"]
    assert int(services["web-a"]["stop_grace_period"].rstrip("s")) > 30


def test_the_queue_is_kept_and_the_cache_may_go() -> None:
    broker, cache = (" ".join(compose()["services"][name]["command"]) for name in ("broker", "cache"))
    assert "--appendonly yes" in broker and "noeviction" in broker and "allkeys-lru" in cache


def test_the_pooler_as_it_is_configured_mixes_no_regions(db: None) -> None:
    lines = (INFRA / "compose/pgbouncer.ini").read_text().split("[pgbouncer]")[1].splitlines()
    pairs = dict(line.split(" = ", 1) for line in lines if " = " in line)
    about_us = {
        key: value for key, value in pairs.items() if not key.startswith(("listen", "unix", "auth", "log", "pid"))
    }
    assert about_us["pool_mode"] == "session"
    with bouncer(connection.settings_dict, **about_us) as through:
        refuse_leaky_pooler(through)


def test_who_backs_up_may_replicate_and_read_nothing(db: None) -> None:
    with admin() as cursor:
        make_backup_role(cursor.connection, password="a long password for this test")
        try:
            parameters: dict[str, Any] = {
                "user": BACKUP,
                "password": "a long password for this test",
                "host": connection.settings_dict["HOST"],
                "port": connection.settings_dict["PORT"],
            }
            with psycopg.connect(dbname=connection.settings_dict["NAME"], autocommit=True, **parameters) as backup:
                assert backup.execute("SELECT count(*) FROM pg_replication_slots").fetchone() is not None
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    backup.execute("SELECT * FROM public.tenants_region")
            with psycopg.connect(replication="true", autocommit=True, **parameters) as stream:
                assert stream.execute("IDENTIFY_SYSTEM").fetchone() is not None
        finally:
            cursor.execute(f"DROP OWNED BY {BACKUP}")
            cursor.execute(f"DROP ROLE {BACKUP}")


SCRIPTS = sorted([*INFRA.rglob("*.sh")])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_sound(script: Path) -> None:
    assert subprocess.run(["sh", "-n", str(script)]).returncode == 0
    done = subprocess.run([str(ROOT / ".venv/bin/shellcheck"), str(script)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


# A docker that writes down what it is asked; the service whose name is in SICK never becomes healthy, MIGRATE fails when told to.
DOCKER = """#!/bin/sh
echo "$*" >> "$ASKED"
case "$*" in
    *"ps --quiet"*) eval "echo \\"\\${$#}\\"" ;;
    inspect*) eval "last=\\"\\${$#}\\""; [ "$last" = "$SICK" ] && echo unhealthy || echo healthy ;;
    *"run --rm --no-deps migrate") [ "$FAIL" != migrate ] || exit 1 ;;
esac
"""


def roll(tmp_path: Path, **changes: str) -> tuple[int, list[str]]:
    program, asked = tmp_path / "docker", tmp_path / "asked"
    program.write_text(DOCKER)
    program.chmod(0o755)
    asked.write_text("")
    env = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "ASKED": str(asked),
        "SICK": "",
        "FAIL": "",
        "WARSA_IMAGE": "warsa:2",
    }
    env |= {"WARSA_ROLL_WAIT": "0", "WARSA_ROLL_TRIES": "3", **changes}
    done = subprocess.run(["sh", str(INFRA / "release/roll.sh")], env=env, cwd=ROOT, capture_output=True, text=True)
    lines = [line.split("compose.yaml ")[1] for line in asked.read_text().splitlines() if "compose.yaml " in line]
    return done.returncode, [line for line in lines if not line.startswith("ps")]


def test_a_release_goes_one_step_after_the_other(tmp_path: Path) -> None:
    assert roll(tmp_path) == (
        0,
        [
            "run --rm --no-deps roles",
            "run --rm --no-deps migrate",
            "up --detach --no-deps web-a",
            "up --detach --no-deps web-b",
            "up --detach --no-deps worker",
            "up --detach --no-deps beat metrics",
        ],
    )


def test_a_failed_wave_changes_nothing_that_serves(tmp_path: Path) -> None:
    status, asked = roll(tmp_path, FAIL="migrate")
    assert status != 0 and asked[-1] == "run --rm --no-deps migrate"


def test_a_web_that_does_not_come_up_keeps_the_other_one(tmp_path: Path) -> None:
    status, asked = roll(tmp_path, SICK="web-a")
    assert status != 0 and asked[-1] == "up --detach --no-deps web-a"


def test_a_release_without_a_name_is_refused(tmp_path: Path) -> None:
    assert roll(tmp_path, WARSA_IMAGE="") == (2, [])


def test_the_file_is_where_the_documents_say() -> None:
    assert COMPOSE.relative_to(ROOT).as_posix() in (ROOT / "docs/production.md").read_text()
