"""`warsa metrics`: measures what the platform knows of itself, and answers Prometheus. One process for all; internal."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.exposition import generate_latest

from tenants.observing.facts import Snapshot


class Command(BaseCommand):
    help = "Answers Prometheus with the numbers of the whole platform, on an internal address."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--bind", default="127.0.0.1", help="never an address that the public reaches")
        parser.add_argument("--port", type=int, default=9108)
        parser.add_argument("--every", type=float, default=15.0, help="seconds between two measurements")
        parser.add_argument("--once", action="store_true", help="print the numbers and end")

    def handle(self, *args: Any, **options: Any) -> None:
        import warsa.facts  # noqa: F401

        registry, snapshot = CollectorRegistry(), Snapshot()
        snapshot.measure()
        registry.register(snapshot)
        if options["once"]:
            self.stdout.write(generate_latest(registry).decode())
            return
        stopping = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopping.set())
        server, thread = start_http_server(options["port"], addr=options["bind"], registry=registry)
        self.stdout.write(f"Numbers at http://{options['bind']}:{options['port']}/metrics")
        while not stopping.wait(options["every"]):
            snapshot.measure()
        server.shutdown()
        thread.join()
