"""What of the price lists waits for the supplier's people, on the first page of the portal."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from shared_apps.price_lists.models import ListState, PriceFeed, PriceList
from shared_apps.supplier_catalog.access import Supplier
from shared_apps.supplier_catalog.models import SupplierRole
from shared_apps.supplier_catalog.todo import NextStep, next_steps

WAITING = (ListState.UPLOADED, ListState.READY, ListState.FAILED)


@next_steps(order=30)
def lists_that_wait(supplier: Supplier) -> list[NextStep]:
    """Lists that nobody has decided on, and addresses that give nothing."""
    if not supplier.may(SupplierRole.CATALOGUE):
        return []
    one, found = supplier.organisation, []
    lists = PriceList.objects.filter(organisation=one, state__in=WAITING).count()
    if lists:
        found.append(
            NextStep(
                _("Look at your price list"),
                _("Its prices count once you apply them."),
                reverse("price_lists:lists"),
                "file-spreadsheet",
                lists,
            )
        )
    feeds = PriceFeed.objects.filter(organisation=one, ended_at=None, is_paused=False, failures__gt=0).count()
    if feeds:
        found.append(
            NextStep(
                _("Your price list could not be fetched"),
                _("Look at the address that you gave us."),
                reverse("price_lists:feeds"),
                "link",
                feeds,
            )
        )
    return found
