"""What all sides share: the apps, models and middleware of WARSA, and one page more. Only the benchmarks read this."""

from __future__ import annotations

import os
import sys

from warsa.settings.test import *  # noqa: F403
from warsa.settings.test import MIDDLEWARE

ROOT_URLCONF = "tests.benchmarks.urls"
# A package of migrations with one migration more than the code has: what the next release would bring.
MIGRATION_MODULES: dict[str, str] = {}
if os.environ.get("BENCH_NEWER"):
    sys.path.insert(0, os.environ["BENCH_NEWER_FOLDER"])
    MIGRATION_MODULES["catalog"] = os.environ["BENCH_NEWER"]

OURS = ("tenants.", "tenant_apps.")
WITHOUT_OURS = [name for name in MIDDLEWARE if not name.startswith(OURS)]
# Sides without our backend: nothing of `tenants` is put in place of Django's own, and our checks do not apply.
QUIET = {"tenants": "tests.benchmarks.settings.quiet.QuietTenants"}
SILENCED = [f"warsa.E{number:03}" for number in range(1, 40)]
