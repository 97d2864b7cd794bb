"""Where sockets go: beside the data when the path is short and plain, else in a folder of our own in the temporary one."""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import tempfile
from pathlib import Path

from infra.embedded.children import CannotStart

# The kernel allows 107 bytes for a socket's path; PostgreSQL adds a name of 16.
LONGEST = 85


def socket_dir(home: Path, name: str, *, owner: pwd.struct_passwd | None = None) -> Path:
    """A folder for sockets that only `owner` (else we) can write to."""
    place = home / name
    if len(str(place)) > LONGEST or not re.fullmatch(r"[\w./-]+", str(place), re.ASCII):
        digest = hashlib.sha256(str(place).encode()).hexdigest()[:12]
        place = Path(tempfile.gettempdir()) / f"warsa-{digest}"
    place.mkdir(mode=0o755, exist_ok=True)
    uid = owner.pw_uid if owner else os.geteuid()
    if place.stat().st_uid not in (uid, os.geteuid()):
        raise CannotStart(f"{place} belongs to another user; remove it and start again")
    if owner:
        os.chown(place, owner.pw_uid, owner.pw_gid)
    return place
