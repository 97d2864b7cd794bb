"""A process that stops in the middle of an act and is killed there: nothing of it gets to tidy up."""

from __future__ import annotations

import multiprocessing
import os
import time
from importlib import import_module
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from tenants.context import on_platform

# Forks from a process that has the code loaded and no connection open.
_children = multiprocessing.get_context("forkserver")
_children.set_forkserver_preload(["tests.tenants.backup.loaded"])


def kill_in(act: str, subject: Path | int, target: str, nth: int = 1) -> None:
    """Run an act in a process of its own and kill it just before the `nth` call of `target` (module:function).

    `subject` is what the act is about: an archive's path, or a region's pk.
    """
    here = _children.Event()
    work = (act, subject, target, nth, here, connection.settings_dict["NAME"], str(settings.MEDIA_ROOT))
    child = _children.Process(target=_work, args=work)
    child.start()
    try:
        assert here.wait(60), f"{act} never came to {target}"
    finally:
        child.kill()
        child.join()
    _until_the_server_knows()


def _work(act: str, subject: Any, target: str, nth: int, here: Event, database: str, media: str) -> None:
    from tenants.backup.importing import import_region
    from tenants.backup.restoring import restore, swap
    from tenants.models import Region

    os.setpgid(0, 0)
    connection.settings_dict["NAME"] = database
    settings.MEDIA_ROOT = media
    _stop_at(target, nth, here)
    if act == "restore":
        restore(path=subject)
    elif act == "import":
        import_region(path=subject)
    else:
        with on_platform():
            region = Region.objects.get(pk=subject)
        swap(region=region, drain_s=0)


def _stop_at(target: str, nth: int, here: Event) -> None:
    module, _, path = target.partition(":")
    owner: Any = import_module(module)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    original, calls = getattr(owner, name), 0

    def stop(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth:
            here.set()
            time.sleep(600)
        return original(*args, **kwargs)

    setattr(owner, name, stop)


def _until_the_server_knows() -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with on_platform(), connection.cursor() as cursor:
            # Of this database alone: another worker of pytest holds locks in its own.
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
                "WHERE locktype = 'advisory' AND pid <> pg_backend_pid() AND datname = current_database()"
            )
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.02)
    raise AssertionError("the server still holds a dead process's lock")
