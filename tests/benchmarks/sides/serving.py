"""Requests straight to the WSGI application: all of Django, none of the network."""

from __future__ import annotations

import io
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from tests.benchmarks.spending import spending


@cache
def application() -> WSGIHandler:
    return get_wsgi_application()


def get(host: str, path: str) -> int:
    """One GET, to its end. Returns the length of the page.

    Raises:  AssertionError when the answer is not 200.
    """
    answered: list[str] = []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": host,
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": host,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }

    def start(status: str, headers: Any, error: Any = None) -> Any:
        answered.append(status)

    response = application()(environ, start)
    try:
        length = sum(len(piece) for piece in response)
    finally:
        # Django ends a request here, and its connection when it is time.
        response.close()
    if not answered[0].startswith("200"):
        raise AssertionError(f"{host}{path}: {answered[0]}")
    return length


def serve(hosts: list[str], path: str, times: int = 1) -> dict[str, float]:
    """The path at each of the hosts in turn, so many times over."""
    with spending() as spent:
        for _ in range(times):
            for host in hosts:
                get(host, path)
    return spent.as_json()


def memory() -> int:
    """Bytes that only this process has."""
    return private_bytes(os.getpid())


def private_bytes(pid: int) -> int:
    """Of this process; 0 for one that has just ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Clean", "Private_Dirty"))) * 1024
