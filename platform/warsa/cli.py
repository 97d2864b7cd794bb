"""The `warsa` command: Django's commands and ours, for the platform; regions are named where a command needs one."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run one command with the platform bound."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warsa.settings")
    if sys.argv[1:2] == ["messages"]:
        from warsa.messages import run

        raise SystemExit(run(sys.argv[2:]))
    import django
    from django.core.management import execute_from_command_line

    django.setup()
    from tenants.context import as_owner, on_platform

    with as_owner() if sys.argv[1:2] == ["migrate_schemas"] else on_platform():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
