"""The `warsa` command: Django's commands and ours, for the platform; regions are named where a command needs one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def find_running() -> None:
    """Without settings of its own the command works on the platform that `make run` has started.

    Raises:  SystemExit when there are neither.
    """
    if {"WARSA_DATABASE_URL", "WARSA_DATABASE_URL_FILE"} & os.environ.keys():
        return
    file = Path(os.environ.get("WARSA_HOME", ROOT / ".run")) / "environment"
    if not file.exists():
        raise SystemExit(
            "WARSA does not run here. Start it with `make run`, or set WARSA_DATABASE_URL and its companions."
        )
    for line in file.read_text().splitlines():
        name, _, value = line.partition("=")
        os.environ.setdefault(name, value)


def main() -> None:
    """Run one command with the platform bound."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warsa.settings")
    if sys.argv[1:2] == ["messages"]:
        from warsa.messages import run

        raise SystemExit(run(sys.argv[2:]))
    find_running()
    import django
    from django.core.management import execute_from_command_line

    django.setup()
    from tenants.context import as_owner, on_platform

    with as_owner() if sys.argv[1:2] == ["migrate_schemas"] else on_platform():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
