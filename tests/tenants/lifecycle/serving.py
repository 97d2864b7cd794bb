"""A web process of its own for the trial of suspension: serves the site until its standard input ends. Prints its port."""

from __future__ import annotations

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warsa.settings")
django.setup()

from tests.standins.site import site  # noqa: E402

if __name__ == "__main__":
    with site() as (_host, port):
        print(port, flush=True)
        sys.stdin.read()
