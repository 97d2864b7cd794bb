"""What the image is made of is there, its commands run, and its health is no redirect."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.infra.files import INFRA, ROOT

DOCKERFILE = (INFRA / "container/Dockerfile").read_text()
BIN = Path(sys.executable).parent


def instructions(name: str) -> list[str]:
    joined = re.sub(r"\\\n\s*", " ", DOCKERFILE)
    return [line.split(" ", 1)[1].strip() for line in joined.splitlines() if line.startswith(f"{name} ")]


def test_what_it_copies_is_there_and_not_ignored() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for line in instructions("COPY"):
        if "--from=" in line:
            continue
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert source.split("/")[0] in kept, source


def test_nothing_of_trials_is_in_it() -> None:
    left_out = (ROOT / ".dockerignore").read_text().split()
    for trial in ("infra/stripe_standin", "infra/compose/secrets"):
        assert trial in left_out
        assert trial == "infra/compose/secrets" or (ROOT / trial).is_dir()


def test_it_ends_as_somebody_without_rights_and_installs_only_what_is_pinned() -> None:
    assert instructions("USER")[-1] == "10001:10001"
    assert all("--require-hashes" in line for line in instructions("RUN") if "--requirement" in line)
    assert "--hash=sha256:" in (ROOT / "requirements/run.txt").read_text()
    assert not re.search(r"(?i)(password|secret_key|token)\s*=\s*(?!build)\S", DOCKERFILE)


def test_gathering_static_files_needs_no_more_than_it_is_given(tmp_path: Path) -> None:
    (line,) = [line for line in instructions("RUN") if "collectstatic" in line]
    words = line.split()
    given = dict(word.split("=", 1) for word in words if word.startswith("WARSA_"))
    assert words[len(given) :] == ["warsa", "collectstatic", "--noinput"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WARSA_", "DJANGO_"))}
    command = [str(BIN / "warsa"), "collectstatic", "--noinput"]
    environment = {**kept, **given, "WARSA_STATIC_ROOT": str(tmp_path), "WARSA_MEDIA_ROOT": str(tmp_path / "media")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "staticfiles.json").exists()


def test_gunicorn_takes_the_command(tmp_path: Path) -> None:
    (command,) = instructions("CMD")[-1:]
    words = [word.strip('" ') for word in command.strip("[]").split(",")]
    # The whole configuration is read and checked; nothing is served.
    done = subprocess.run(
        [str(BIN / words[0]), "--check-config", *words[1:-1], "wsgiref.simple_server:demo_app"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "platform")},
    )
    assert done.returncode == 0, done.stderr
    assert words[-1] == "warsa.wsgi"


@contextmanager
def answering(status: int) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.path in ("/healthz", "/metrics") and self.headers["Host"] in ("warsa.example", "localhost")
            self.send_response(status if known else 404)
            self.send_header("Location", "https://warsa.example/healthz")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return None

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def health(what: str, port: int, host: str = "warsa.example") -> int:
    env = {**os.environ, "WARSA_WEB_PORT": str(port), "WARSA_METRICS_PORT": str(port), "WARSA_BASE_HOST": host}
    return subprocess.run([sys.executable, "-m", "infra.container.health", what], env=env, cwd=ROOT).returncode


@pytest.mark.parametrize(("status", "code"), [(200, 0), (301, 1), (404, 1), (503, 1)])
def test_only_a_200_is_health(status: int, code: int) -> None:
    with answering(status) as port:
        assert health("web", port) == code == health("numbers", port)


def test_nobody_there_is_no_health_and_the_host_counts() -> None:
    with answering(200) as port:
        assert health("web", port, host="other.example") == 1
    assert health("web", port) == 1 and health("nothing", port) == 2
