"""Big packs on a shelf: opened with one tap ("pecah kemasan"), and closed again when that was a mistake."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.catalog.models import Pack
from tenant_apps.stock.errors import BadQuantity, NothingUnopened
from tenant_apps.stock.locks import lock_levels
from tenant_apps.stock.models import PackOpening, SealedPack, StockLevel, StockLocation
from tenant_apps.stock.services.moving import MOST
from tenant_apps.stock.services.writing import Why, openable, record
from tenants.kernel.units import quantity_text


def open_pack(*, location: StockLocation, pack: Pack, by: str, key: str) -> bool:
    """One unopened pack is open: its units lie loose. False if this key opened before.

    Raises:  NothingUnopened.
    Writes:  the count of unopened packs, a row of its history. On hand stays what it is.
    """
    with transaction.atomic():
        level = lock_levels([(location.pk, pack.product_id)])[location.pk, pack.product_id]
        if _done(f"opened:{key}:{location.pk}"):
            return False
        row = SealedPack.objects.filter(location=location, pack=pack, count__gt=0).first()
        if row is None:
            raise NothingUnopened(_("There is no unopened “%(pack)s” here.") % {"pack": pack.label})
        _recount(level, row, pack, -1, Why("opened", key, f"opened:{key}", by))
    return True


def seal_packs(*, location: StockLocation, pack: Pack, count: int, by: str, key: str) -> bool:
    """So many packs more are unopened, out of what lies loose. False if this key did so before.

    Raises:  BadQuantity when so much does not lie loose, or when the pack holds nothing smaller.
    Writes:  the count of unopened packs, a row of its history. On hand stays what it is.
    """
    if not 0 < count <= MOST:
        raise BadQuantity(_("Write down a quantity above zero."))
    with transaction.atomic():
        level = lock_levels([(location.pk, pack.product_id)])[location.pk, pack.product_id]
        if _done(f"sealed:{key}:{location.pk}"):
            return False
        if pack not in openable(Pack.objects.filter(product_id=pack.product_id)):
            raise BadQuantity(_("“%(pack)s” holds nothing smaller that is sold.") % {"pack": pack.label})
        if count * pack.base_quantity > level.loose:
            raise BadQuantity(
                _("Only %(loose)s of this lie outside of unopened packs.")
                % {"loose": quantity_text(level.loose, pack.product.base_unit)}
            )
        row, _fresh = SealedPack.objects.get_or_create(location=location, pack=pack)
        _recount(level, row, pack, count, Why("sealed", key, f"sealed:{key}", by))
    return True


def _done(key: str) -> bool:
    # Asked under the lock: two taps at once look one after the other.
    return PackOpening.objects.filter(key=key).exists()


def _recount(level: StockLevel, row: SealedPack, pack: Pack, change: int, why: Why) -> None:
    row.count += change
    row.save(update_fields=["count"])
    level.sealed += change * pack.base_quantity
    level.save(update_fields=["sealed"])
    record(pack, change, level.location_id, why, key=f"{why.key}:{level.location_id}").save()
