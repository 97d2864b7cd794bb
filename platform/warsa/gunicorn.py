"""How gunicorn serves WARSA: `gunicorn --config python:warsa.gunicorn warsa.wsgi`. The command line may say otherwise."""

from __future__ import annotations

import os
from typing import Any

from warsa import counting

counting.prepare()

worker_class = "warsa.web_worker.FairWorker"
workers = 2
# As the setting WEB_THREADS, by which regions share them.
threads = int(os.environ.get("WARSA_WEB_THREADS", "4"))
# The line of each request is written by tenants.observing.
accesslog = None
# Requests that are under way when the process is told to stop (SIGTERM) are answered first; new ones find no open door.
graceful_timeout = 30
# Longer than the proxy keeps an idle connection, so that it is not closed under a request that is just being sent.
keepalive = 75
timeout = 60
# Heartbeats on a disk that hangs would look like a worker that hangs.
worker_tmp_dir = "/dev/shm"  # noqa: S108


# A door for orders that nobody here gives; two gunicorns of one user would share it.
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    from warsa.web_worker import take_short_turns, warm

    take_short_turns()
    warm(worker)


def when_ready(server: Any) -> None:
    counting.serve()


def child_exit(server: Any, worker: Any) -> None:
    counting.ended(worker.pid)
