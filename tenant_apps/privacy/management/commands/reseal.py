"""Numbers come under the newest key of WARSA_PERSONAL_KEYS: `warsa fleet run reseal` in all regions, `warsa reseal` on the platform."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.context import on_platform, region_is_bound
from tenants.personal.resealing import reseal


class Command(BaseCommand):
    help = "Seal telephone numbers and NIK under the newest key. May be killed and run again."

    def handle(self, *args: Any, **options: Any) -> None:
        refused = 0
        with nullcontext() if region_is_bound() else on_platform():
            for one in reseal():
                self.stdout.write(f"{one.column}: {one.done} sealed, {one.refused} refused")
                refused += one.refused
        if refused:
            raise CommandError(
                f"{refused} numbers open with no key: keep the old key until somebody has looked at them."
            )
