"""Processes that we start, watch and stop. None outlives us."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
SERVICE_USER = "warsa-embedded"


class CannotStart(RuntimeError):
    """Something on this machine stands in the way; the message says what and what to do."""


def package_folder(name: str) -> Path:
    """Where an installed package lies. Raises CannotStart when it is not installed."""
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise CannotStart(f"the package {name} is not installed; run `make run` again")
    return Path(found.submodule_search_locations[0])


def _die_with_parent(signum: int) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signum)

    return ask


def service_user() -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as when we are root (it refuses root itself); None when we are an ordinary user.

    Raises:  CannotStart when the user cannot be made.
    """
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SERVICE_USER)
    except KeyError:
        make = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVICE_USER]
        made = subprocess.run(make, capture_output=True, text=True)
        # Two first starts at once: the other one may just have made it.
        if made.returncode not in (0, 9):
            raise CannotStart(f"cannot add the user {SERVICE_USER}: {made.stderr.strip()}") from None
        return pwd.getpwnam(SERVICE_USER)


def start(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    user: pwd.struct_passwd | None = None,
    on_our_death: int = signal.SIGTERM,
    cwd: Path | None = None,
    family: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in its own process group, its output appended to `log`.

    `family` is an open file that the child and its children keep: its lock tells the next run when the last of them is gone.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            cwd=cwd,
            process_group=0,
            pass_fds=() if family is None else (family,),
            preexec_fn=_die_with_parent(on_our_death),
        )


def stop(child: subprocess.Popen[bytes], *, by: int = signal.SIGTERM, patience: float = 20) -> None:
    """Ask a child to end; after `patience` seconds end it."""
    if child.poll() is None:
        child.send_signal(by)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
