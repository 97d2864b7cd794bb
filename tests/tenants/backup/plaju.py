"""Plaju, the region that goes out and comes back: its cast, orders in several states, entries, files."""

from __future__ import annotations

from shared_apps.onboarding.models import CoverageClaim, Registration
from shared_apps.onboarding.models import State as RegistrationState
from tenant_apps.orders.models import Order
from tenant_apps.orders.services.filling import accept_order, cancel_order, hand_over, pack_order
from tenants.backup.exporting import content_digests, snapshot
from tenants.backup.files import folder_of
from tenants.context import in_region, on_platform
from tenants.identity.models import User
from tenants.models import Region, SlugClaim
from tests.cast import BY, Cast, build_cast
from tests.tenant_apps.orders.desk import place, seen
from tests.world import build_region

SLUG = "plaju"
KECAMATAN = "16.71.08"
FILES = {"nota/2026/11/1.pdf": b"%PDF-1.4 nota", "foto/beras merah.jpg": bytes(range(256)) * 2_000, "kosong.txt": b""}


def build_plaju() -> Region:
    """Open, registered, with people, stock, prices, five orders and their entries, and three files."""
    with on_platform():
        region = build_region("Plaju", SLUG)
        registration = Registration.objects.create(
            name="Plaju", slug=SLUG, state=RegistrationState.LIVE, region=region, area_codes=[KECAMATAN],
            applicant_name="Camat Plaju", email="camat@example.test", institution="Kecamatan Plaju",
        )  # fmt: skip
        CoverageClaim.objects.create(kecamatan_code=KECAMATAN, registration=registration, region=region)
        SlugClaim.objects.create(slug=SLUG, held_for=registration.public_id, region=region)
    with in_region(region):
        cast = build_cast()
        sell(cast, 3)
        accept_order(order=one_kilo(cast), by=BY)
        cancel_order(order=one_kilo(cast), by=BY)
    for name, body in FILES.items():
        path = folder_of(region.schema_name) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return region


def one_kilo(cast: Cast) -> Order:
    """The region's first Ratna orders a kilo of rice."""
    ratna = User.objects.filter(name="Ratna").earliest("pk")
    return place(cast, lines=seen((cast.kilo, 1, 14_500)), customer=ratna)


def sell(cast: Cast, times: int) -> None:
    """So many orders are placed, filled and paid: each books an entry. The region is bound."""
    for _ in range(times):
        hand_over(order=pack_order(order=accept_order(order=one_kilo(cast), by=BY), by=BY), by=BY)


def contents(region: Region) -> dict[str, str]:
    """A digest of every table."""
    with snapshot(region) as cursor:
        return content_digests(cursor, region.schema_name)


def names(region: Region) -> set[str]:
    with in_region(region):
        return set(User.objects.values_list("name", flat=True))
