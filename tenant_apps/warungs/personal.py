"""Whose warung it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenant_apps.warungs.models import Warung, WarungStaff
from tenants.personal.people import Holder, Person, holder


@holder("warungs", label=gettext_lazy("Warungs"), order=30)
class Warungs(Holder):
    def hindrances(self, person: Person) -> Iterable[str]:
        for warung in Warung.objects.filter(owner=person.user) if person.user else ():
            yield _("%(warung)s is yours: ask the region's admin to close it or give it to somebody else.") % {
                "warung": warung.name
            }

    def copy(self, person: Person) -> dict[str, Any]:
        if person.user is None:
            return {}
        return {"warungs": list(Warung.objects.filter(owner=person.user).values("name", "address", "phone"))}

    def erase(self, person: Person) -> None:
        if person.user is not None:
            WarungStaff.objects.filter(user=person.user).delete()
