"""How many base units of our product one pack of a supplier's article holds."""

from __future__ import annotations

from django.utils.translation import gettext as _

from shared_apps.supplier_catalog.models import Offer
from tenant_apps.catalog.conversion import Unit, in_base_units
from tenant_apps.catalog.models import Product
from tenant_apps.suppliers.errors import BadContent
from tenants.kernel.units import BaseUnit, quantity_text

# What people write down may differ so much from what the density says: one in twenty.
TOLERATED = 20
# More than a ship carries: a slip of the finger.
MOST_CONTENT = 10**12


def content_of(offer: Offer, product: Product, given: int | None = None) -> int:
    """Base units of the product in one pack of the offer.

    Units:   of one kind, the pack's own content; weight and volume by the product's density. What nothing connects must be
             `given`; pieces may be too, for a supplier's piece may be a carton of ours.
    Raises:  BadContent.
    """
    source, target = BaseUnit(offer.version.base_unit), BaseUnit(product.base_unit)
    holds = offer.pack.base_quantity
    if given is not None and not 0 < given <= MOST_CONTENT:
        raise BadContent(_("Write down how much one pack holds, as a number above 0."), field="base_quantity")
    if source == target == BaseUnit.PIECE:
        return given or holds
    expected: int | None = holds if source == target else None
    if BaseUnit.PIECE not in (source, target) and source != target and product.density_g_per_l:
        expected = in_base_units(holds, Unit(source.value), target, product.density_g_per_l)
    if expected is None:
        if given is None:
            raise BadContent(
                _(
                    "The supplier counts %(pack)s in %(theirs)s, %(product)s is counted in %(ours)s: write down how much one holds."
                )
                % {
                    "pack": offer.pack.label,
                    "theirs": source.label,
                    "product": product.name,
                    "ours": target.label,
                },
                field="base_quantity",
            )
        return given
    if given is not None and abs(given - expected) * TOLERATED > (0 if source == target else expected):
        raise BadContent(
            _("One %(pack)s holds %(expected)s of it, not %(given)s.")
            % {
                "pack": offer.pack.label,
                "expected": quantity_text(expected, target),
                "given": quantity_text(given, target),
            },
            field="base_quantity",
        )
    return expected if given is None else given
