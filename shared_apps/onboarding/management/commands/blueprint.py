"""Blueprints from the command line: load, status."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shared_apps.onboarding.models import Blueprint
from shared_apps.onboarding.services.blueprints import load_blueprints
from tenants.kernel.errors import DomainError


class Command(BaseCommand):
    """`warsa blueprint …`."""

    help = "Load the blueprints that come with the software, or list those that are here."

    def add_arguments(self, parser: CommandParser) -> None:
        """Each step of the work is a word of its own."""
        steps = parser.add_subparsers(dest="step", required=True)
        steps.add_parser("load", help="Load the versions that come with the software. Safe to repeat.")
        steps.add_parser("status", help="List every version that is here.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one step; a refusal ends it with its message."""
        if options["step"] == "load":
            try:
                load_blueprints()
            except DomainError as refusal:
                raise CommandError(str(refusal)) from refusal
        for one in Blueprint.objects.all():
            self.stdout.write(f"{one}  {one.sha256[:12]}  {one.source_note}")
