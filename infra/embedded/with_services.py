"""Runs one command with throw-away servers: `python -m infra.embedded.with_services COMMAND …`."""

from __future__ import annotations

import os
import subprocess
import sys


def main() -> int:
    from tests.services import services

    with services() as running:
        return subprocess.run(sys.argv[1:], env={**os.environ, **running.environment}).returncode


if __name__ == "__main__":
    raise SystemExit(main())
