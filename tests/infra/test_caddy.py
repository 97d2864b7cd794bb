"""A certificate is made for a host when WARSA says yes to it, and for no other; what reaches WARSA is true."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.infra.files import INFRA
from tests.infra.proxy import CADDY, Proxy, caddy

KNOWN = {"warsa.example", "kalidoni.warsa.example", "pasar.kalidoni.example"}


class Web(ThreadingHTTPServer):
    """What the web answers: whether a host may have a certificate, and otherwise what it was told of the visitor."""

    asked: list[tuple[str, str, str, str]]


class Handler(BaseHTTPRequestHandler):
    server: Web

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        status, body = 200, json.dumps(dict(self.headers.items())).encode()
        if url.path == "/tls/boleh/":
            domain = parse_qs(url.query)["domain"][0]
            host, scheme, asker = (self.headers[name] for name in ("Host", "X-Forwarded-Proto", "X-Forwarded-For"))
            self.server.asked.append((domain, host, scheme, asker))
            status, body = (200 if domain in KNOWN else 404), b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return None


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    server = Web(("127.0.0.1", 0), Handler)
    server.asked = []
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def proxy(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with caddy(
        tmp_path_factory.mktemp("caddy"), upstreams=f"127.0.0.1:{web.server_port}", base_host="warsa.example"
    ) as running:
        yield running


def test_the_file_is_sound(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "WARSA_BASE_HOST": "warsa.example",
        "WARSA_ACME_EMAIL": "a@warsa.example",
        "XDG_DATA_HOME": str(tmp_path),
    }
    check = [str(CADDY), "validate", "--config", str(INFRA / "compose/Caddyfile"), "--adapter", "caddyfile"]
    done = subprocess.run(check, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    done = subprocess.run([str(CADDY), "fmt", str(INFRA / "compose/Caddyfile")], capture_output=True, text=True)
    assert done.stdout == (INFRA / "compose/Caddyfile").read_text()


@pytest.mark.parametrize("host", sorted(KNOWN))
def test_a_known_host_gets_a_certificate(proxy: Proxy, web: Web, host: str) -> None:
    assert proxy.get(host, "/")[0] == 200
    # The platform is asked, as itself, whatever host the visitor came to; it is not sent to TLS first, and it knows the proxy.
    assert (host, "warsa.example", "https", "127.0.0.1") in web.asked


@pytest.mark.parametrize("host", ["evil.example", "warsa.example.evil.example", "other.warsa.example"])
def test_an_unknown_host_gets_none(proxy: Proxy, web: Web, host: str) -> None:
    with pytest.raises((ssl.SSLError, OSError)):
        proxy.get(host, "/")
    assert host in [asked for asked, *_ in web.asked]


def test_what_a_visitor_says_of_himself_does_not_arrive(proxy: Proxy) -> None:
    lies = {
        "X-Forwarded-For": "198.51.100.1",
        "X-Forwarded-Proto": "http",
        "X-Request-ID": "0af3c1d25b6f2c3e4d5a6b7c8d9e0f1a",
        "traceparent": "00-0af3c1d25b6f2c3e4d5a6b7c8d9e0f1a-b7ad6b7169203331-01",
    }
    told = {name.lower(): value for name, value in json.loads(proxy.get("warsa.example", "/", lies)[1]).items()}
    assert told["x-forwarded-for"] == "127.0.0.1" and told["x-forwarded-proto"] == "https"
    assert told["host"] == "warsa.example" and "traceparent" not in told
    assert told["x-request-id"] != lies["X-Request-ID"] and len(told["x-request-id"]) == 36
