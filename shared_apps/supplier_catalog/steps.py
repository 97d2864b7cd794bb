"""What the catalogue has for the first page of the portal."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from shared_apps.supplier_catalog.access import Supplier
from shared_apps.supplier_catalog.models import SupplierRole
from shared_apps.supplier_catalog.selectors import offers_in_force
from shared_apps.supplier_catalog.todo import NextStep, next_steps


@next_steps(order=50)
def begin(supplier: Supplier) -> list[NextStep]:
    """Until something is offered: where it is delivered, what is sold, and for how much."""
    one, found = supplier.organisation, []
    if supplier.is_admin and not one.areas.exists():
        found.append(
            NextStep(
                _("Say where you deliver"),
                _("Regions see only what is offered where they are."),
                reverse("supplier_portal:company_areas"),
                "map-pin",
            )
        )
    if not supplier.may(SupplierRole.CATALOGUE):
        return found
    if not one.articles.exists():
        found.append(
            NextStep(
                _("Write down your first article"),
                _("Its name, its packs and whether PPN is in the price."),
                reverse("supplier_portal:new_article"),
                "package-plus",
            )
        )
    elif not offers_in_force(one).exists():
        found.append(
            NextStep(
                _("Offer an article"),
                _("Choose it from the list, then say for how much and where."),
                reverse("supplier_portal:articles"),
                "tag",
            )
        )
    return found
