"""What somebody wants to find again."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tenant_apps.catalog.models import Product
from tenant_apps.orders.errors import TooManyFavourites
from tenant_apps.orders.models import Favourite
from tenant_apps.warungs.models import Warung
from tenants.identity.models import User

# A longer list finds nothing any more.
MOST_FAVOURITES = 200


def like(*, user: User, thing: Warung | Product) -> None:
    """It stands among their favourites. Twice changes nothing.

    Raises:  TooManyFavourites.
    """
    if Favourite.objects.filter(user=user).count() >= MOST_FAVOURITES:
        raise TooManyFavourites(_("Your list is full. Take something out first."))
    if isinstance(thing, Warung):
        Favourite.objects.get_or_create(user=user, warung=thing)
    else:
        Favourite.objects.get_or_create(user=user, product=thing)


def unlike(*, user: User, thing: Warung | Product) -> None:
    """It does not, any more."""
    rows = Favourite.objects.filter(user=user)
    (rows.filter(warung=thing) if isinstance(thing, Warung) else rows.filter(product=thing)).delete()
