from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from shared_apps.operations.noting import note_backup
from tenants.backup import restoring, sides
from tenants.backup.archive import Manifest, opened, shared_key
from tenants.backup.differences import TableDifference, rows_of
from tenants.backup.errors import BackupError
from tenants.backup.exporting import export_region
from tenants.backup.importing import import_region
from tenants.backup.models import SideSchema
from tenants.context import on_platform
from tenants.hosts import region_called
from tenants.kernel import clock
from tenants.kernel.errors import DomainError
from tenants.lifecycle.departing import hand_over
from tenants.models import Region

ROWS_SHOWN = 20


class Command(BaseCommand):
    """One region out into an archive, back from it, or into this installation. Each act is described in docs/backup.md."""

    help = "Export, inspect, restore, swap, discard, import or list regions."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")

        def act(name: str, text: str, *, slug: bool = False, file: str = "") -> Any:
            added = acts.add_parser(name, help=text, description=text)
            if slug:
                added.add_argument("slug", help="the region's slug")
            if file:
                added.add_argument("file", type=Path, help=file)
                added.add_argument(
                    "--key-file",
                    type=Path,
                    help="a file with the key that two installations share; otherwise WARSA_ARCHIVE_KEY",
                )
            return added

        act("export", "Write a region into a new archive.", slug=True, file="the archive to be made")
        act("inspect", "Check an archive and say what is in it.", file="an archive").add_argument(
            "--json", action="store_true", help="print the whole manifest"
        )
        act("restore", "Put an archive's state beside the living region, and show the differences.", file="an archive")
        show = act("differences", "Show the differences of a region and its side schema again.", slug=True)
        show.add_argument("--table", default="", help="list the rows of this table")
        show.add_argument("--from", type=int, default=0, dest="offset", help="skip so many rows")
        act("swap", "Let the region work on the state beside it; swapping again takes it back.", slug=True)
        discard = act("discard", "Drop the state beside the region for good.", slug=True)
        discard.add_argument("--type-slug", required=True, dest="typed", help="the slug once more, to confirm")
        wipe = act("wipe", "Close the region and drop it from here; the archive must hold all of it.", slug=True)
        wipe.add_argument("file", type=Path, help="an archive of the region as it is now")
        wipe.add_argument("--key-file", type=Path)
        wipe.add_argument("--type-slug", required=True, dest="typed", help="the slug once more, to confirm")
        over = act(
            "hand-over",
            "Drop a region that another installation has taken in; its addresses tell where it is.",
            slug=True,
        )
        over.add_argument("file", type=Path, help="an archive of the region as it is now")
        over.add_argument("--key-file", type=Path)
        over.add_argument("--to", required=True, help="the address at which it answers now, https://…")
        over.add_argument("--by", required=True, help="who decides it, for the history")
        over.add_argument("--reason", required=True, help="why, for the history")
        over.add_argument("--type-slug", required=True, dest="typed", help="the slug once more, to confirm")
        act("import", "Take a region in from an archive.", file="an archive").add_argument(
            "--slug", default="", help="another address than the archive's"
        )
        act("list", "List states beside regions, and finish or drop what killed processes left.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['act'].replace('-', '_')}")(options)
        except (BackupError, DomainError, OSError) as refused:
            raise CommandError(str(refused)) from refused

    def _hand_over(self, options: dict[str, Any]) -> None:
        region = _region(options)
        hand_over(
            region=region,
            by=f"command:{options['by']}"[:80],
            reason=options["reason"],
            forward=options["to"],
            typed_slug=options["typed"],
            archive=options["file"],
            key=_key(options),
        )
        self.stdout.write(f"{region.name} is not here any more; its addresses lead to {options['to']}")

    def _export(self, options: dict[str, Any]) -> None:
        region = _region(options)
        manifest, held = export_region(region=region, path=options["file"], key=_key(options))
        with on_platform():
            note_backup(region=region, at=datetime.fromisoformat(manifest.made_at))
        size = options["file"].stat().st_size
        self.stdout.write(f"{manifest.region.name}: {_contents(manifest)}; snapshot {held:.3f} s, {size:,} bytes")

    def _inspect(self, options: dict[str, Any]) -> None:
        with opened(options["file"], key=_key(options)) as reader:
            manifest = reader.manifest
        if options["json"]:
            self.stdout.write(json.dumps(json.loads(manifest.dumps()), indent=1, ensure_ascii=False))
            return
        self.stdout.write(
            f"{manifest.region.name} ({manifest.region.slug}), as of {manifest.made_at}\n"
            f"archive {manifest.archive_id} of installation {manifest.installation}\n"
            f"schema version {manifest.schema_version}; {_contents(manifest)}\n"
            f"proofs: {json.dumps(manifest.proofs, sort_keys=True)}\nsignature and every checksum are right"
        )

    def _restore(self, options: dict[str, Any]) -> None:
        side, found = restoring.restore(path=options["file"], key=_key(options))
        self.stdout.write(f"The archive's state stands beside the region in {side.schema_name}.")
        self._tell(found, "in the archive", "in the region")

    def _differences(self, options: dict[str, Any]) -> None:
        region = _region(options)
        side = restoring.side_of(region)
        if not options["table"]:
            self._tell(restoring.present_differences(region), "beside", "in the region")
            return
        try:
            rows = rows_of(
                side.schema_name, region.schema_name, options["table"], limit=ROWS_SHOWN, offset=options["offset"]
            )
        except LookupError as unknown:
            raise CommandError(str(unknown)) from unknown
        words = {"first": "only beside", "second": "only in the region", "changed": "changed"}
        for row in rows:
            key = ", ".join(f"{name}={value}" for name, value in row.key.items())
            self.stdout.write(f"{key}: {words[row.what]} {' '.join(row.columns)}".rstrip())
        if len(rows) == ROWS_SHOWN:
            self.stdout.write(f"go on with --from {options['offset'] + ROWS_SHOWN}")

    def _swap(self, options: dict[str, Any]) -> None:
        found = restoring.swap(region=_region(options))
        self.stdout.write("Swapped. The former state stands aside: swap again to take it back, or discard it.")
        self._tell(found, "now", "before")

    def _discard(self, options: dict[str, Any]) -> None:
        restoring.discard(region=_region(options), typed_slug=options["typed"])
        self.stdout.write("The side schema is gone.")

    def _wipe(self, options: dict[str, Any]) -> None:
        region = _region(options)
        restoring.wipe(region=region, typed_slug=options["typed"], archive=options["file"], key=_key(options))
        self.stdout.write(f"{region.name} is closed and gone from here. Its archive is all there is of it: keep it.")

    def _import(self, options: dict[str, Any]) -> None:
        region = import_region(path=options["file"], slug=options["slug"], key=_key(options))
        self.stdout.write(f"{region.name} is here, in {region.schema_name}: {region.status}.")

    def _list(self, options: dict[str, Any]) -> None:
        for line in sides.sweep():
            self.stdout.write(line)
        with on_platform():
            for side in SideSchema.objects.select_related("region").order_by("made_at"):
                name = side.region.name if side.region else "an import"
                days = (clock.now() - side.made_at) // timedelta(days=1)
                self.stdout.write(
                    f"{side.schema_name} {side.state} for {days} days: {name}, archive of {side.archive_made_at}"
                )

    def _tell(self, found: list[TableDifference], first: str, second: str) -> None:
        if not found:
            self.stdout.write("No differences.")
        for one in found:
            self.stdout.write(
                f"{one.table}: {one.only_first} only {first}, {one.only_second} only {second}, {one.changed} changed"
            )


def _region(options: dict[str, Any]) -> Region:
    slug = options["slug"]
    with on_platform():
        found = region_called(slug)
    if found is None:
        raise CommandError(f"There is no region {slug!r}.")
    return found


def _key(options: dict[str, Any]) -> bytes | None:
    file: Path | None = options.get("key_file")
    text = file.read_text() if file else settings.REGION_ARCHIVE_KEY
    return shared_key(text) if text else None


def _contents(manifest: Manifest) -> str:
    return f"{len(manifest.tables)} tables, {manifest.rows:,} rows, {len(manifest.files)} files"
