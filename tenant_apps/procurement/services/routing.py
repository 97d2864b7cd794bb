"""On which way the goods of a cycle go to the warungs, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from tenant_apps.procurement.errors import BadShare
from tenant_apps.procurement.locks import lock_cycle
from tenant_apps.procurement.models import Cycle, Route, RouteStop
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.selectors import village_names

# More ways than lorries are a typing error.
MOST_ROUTES = 60


def plan_routes(cycle: Cycle, warungs: Iterable[Warung]) -> None:
    """Warungs of the locked cycle that are on no route yet are put on that of their kelurahan, by RW and RT.

    Writes:  routes, stops.
    """
    placed = set(RouteStop.objects.filter(cycle=cycle).values_list("warung_id", flat=True))
    missing = sorted(
        (one for one in warungs if one.pk not in placed),
        key=lambda one: (one.village_code, one.rw or 0, one.rt or 0, one.name, one.pk),
    )
    if not missing:
        return
    names = village_names({one.village_code for one in missing})
    routes = {route.name: route for route in Route.objects.filter(cycle=cycle)}
    last = dict(RouteStop.objects.filter(cycle=cycle).order_by().values_list("route").annotate(Max("position")))
    stops = []
    for warung in missing:
        name = (names.get(warung.village_code) or warung.village_code)[:80]
        if name not in routes:
            routes[name] = Route.objects.create(cycle=cycle, name=name, position=len(routes) + 1)
        route = routes[name]
        last[route.pk] = last.get(route.pk, 0) + 1
        stops.append(RouteStop(route=route, cycle=cycle, warung=warung, position=last[route.pk]))
    RouteStop.objects.bulk_create(stops)


def change_routes(*, cycle: Cycle, places: Mapping[int, tuple[str, int]]) -> None:
    """Warungs go on these routes, at these places: (name of the route, place) by warung id. Names that are new are new routes.

    Raises:  BadShare for a warung that is on no route of the cycle, a route without a name, or too many of them.
    Writes:  routes, stops; routes without stops are gone.
    """
    with transaction.atomic():
        cycle = lock_cycle(cycle)
        stops = {stop.warung_id: stop for stop in RouteStop.objects.filter(cycle=cycle)}
        if places.keys() - stops.keys():
            raise BadShare(_("One of these warungs is on no route. Look at it again."))
        named = {warung: (" ".join(name.split())[:80], place) for warung, (name, place) in places.items()}
        if not all(name for name, _place in named.values()):
            raise BadShare(_("Write down a name for each route."))
        routes = {route.name: route for route in Route.objects.filter(cycle=cycle)}
        for name in sorted({name for name, _place in named.values()} - routes.keys()):
            if len(routes) >= MOST_ROUTES:
                raise BadShare(_("There are at most %(most)s routes.") % {"most": MOST_ROUTES})
            position = max((route.position for route in routes.values()), default=0) + 1
            routes[name] = Route.objects.create(cycle=cycle, name=name, position=position)
        for warung, (name, place) in named.items():
            stops[warung].route, stops[warung].position = routes[name], place
        RouteStop.objects.bulk_update([stops[warung] for warung in named], ["route", "position"])
        Route.objects.filter(cycle=cycle, stops=None).delete()
