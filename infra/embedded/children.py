"""Processes that we start, watch and stop. None outlives us."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
SERVICE_USER = "warsa-embedded"


class CannotStart(RuntimeError):
    """Something on this machine stands in the way; the message says what and what to do."""


def _die_with_parent(signum: int) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    us = os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signum)
        # We may have died before the line above.
        if os.getppid() != us:
            os.kill(os.getpid(), signal.SIGKILL)

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
    pass_fds: Collection[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a child in its own process group, its output appended to `log`.

    It gets `on_our_death` when the thread that called this ends, even by kill -9: call from the main thread.
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
            pass_fds=tuple(pass_fds),
            process_group=0,
            preexec_fn=_die_with_parent(on_our_death),
        )


def stop(child: subprocess.Popen[bytes], *, by: int = signal.SIGTERM, patience: float = 20) -> None:
    """Ask a child to end; after `patience` seconds end it, and whatever it left behind in its group."""
    if child.poll() is None:
        child.send_signal(by)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    sweep(child)


def sweep(child: subprocess.Popen[bytes]) -> None:
    """End what a dead child left behind in its process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def birth(pid: int) -> str | None:
    """When the process began, in the kernel's own count; None when there is none. With the pid it names one process for ever."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    state, *rest = stat.rpartition(")")[2].split()
    return None if state == "Z" else rest[18]


def end_stranger(pid: int, born: str | None, *, by: int = signal.SIGTERM, patience: float = 20) -> None:
    """End a process of an earlier start of ours, which is no child of this one."""
    if born is None or birth(pid) != born:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, by)
        deadline = time.monotonic() + patience
        while birth(pid) == born:
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
                deadline += patience
            time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
