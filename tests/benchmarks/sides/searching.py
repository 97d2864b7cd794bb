"""WARSA's search in a region of its own: a citizen who is signed in, and whose neighbourhood is known, looks for goods."""

from __future__ import annotations

from functools import cache
from urllib.parse import quote_plus

from django.test import Client

from tenant_apps.accounts.models import Profile
from tenant_apps.orders.shelves import search_page
from tenant_apps.warungs.selectors import Place
from tenants.context import in_region, on_platform
from tenants.identity.models import User
from tenants.models import Region
from tests.benchmarks.sides.clicking import page
from tests.benchmarks.spending import spending
from tests.benchmarks.storefront import VILLAGES, fill

# A region that no other benchmark uses.
NUMBER = 900
SLUG = f"bench-{NUMBER}"
SEEKER = "yani@example.test"


def region() -> Region:
    with on_platform():
        found: Region = Region.objects.get(domains__domain=f"{SLUG}.localhost")
        return found


def fill_storefront(products: int, warungs: int) -> dict[str, int]:
    """The region trades so much; somebody lives in the middle of it."""
    with in_region(region()):
        stand = fill(products=products, warungs=warungs)
        user = User.objects.create_user(password=None, name="Yani", email=SEEKER)
        Profile.objects.create(user=user, village_code=VILLAGES[1], rw=3, rt=2, address="Lorong Kenanga 5")
        return {"products": stand.products, "warungs": stand.warungs, "prices": stand.prices}


@cache
def seeker() -> Client:
    client = Client(headers={"host": f"{SLUG}.localhost"})
    client.defaults["wsgi.url_scheme"] = "https"
    with in_region(region()):
        client.force_login(User.objects.get(email=SEEKER))
    return client


def search(text: str, times: int) -> dict[str, float]:
    """The page of results, so many times."""
    client, path = seeker(), f"/cari/?q={quote_plus(text)}"
    with spending() as spent:
        for _ in range(times):
            page(client, path)
    return spent.as_json()


def shown(text: str) -> dict[str, int]:
    """How many warungs the results name in all, and how many goods their first page shows."""
    tiles = page(seeker(), f"/cari/?q={quote_plus(text)}").count('<article class="tile"')
    with in_region(region()):
        return {"warungs": len(search_page(Place(VILLAGES[1], 3, 2), text=text)), "tiles": tiles}
