"""The numbers of one group of processes (a gunicorn, a worker) together, at an internal port of its own.

Processes share them through files of PROMETHEUS_MULTIPROC_DIR, which must be set before prometheus_client is imported;
so nothing here imports it earlier than needed. Without WARSA_METRICS_PORT each process counts for itself and nobody asks.
"""

from __future__ import annotations

import os
import tempfile

# Read here and not in settings: gunicorn's and Celery's parents come before them.
PORT, BIND, FOLDER = "WARSA_METRICS_PORT", "WARSA_METRICS_BIND", "PROMETHEUS_MULTIPROC_DIR"


def prepare() -> None:
    """The processes that this one will make count together."""
    if os.environ.get(PORT) and not os.environ.get(FOLDER):
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="warsa-numbers-")


def serve() -> None:
    """The parent answers Prometheus, in a thread, with what all of its children counted."""
    if not os.environ.get(PORT):
        return
    from prometheus_client import CollectorRegistry, start_http_server
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    start_http_server(int(os.environ[PORT]), addr=os.environ.get(BIND, "127.0.0.1"), registry=registry)


def ended(pid: int) -> None:
    """A child is gone."""
    if os.environ.get(PORT):
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(pid)  # type: ignore[no-untyped-call]
