"""Every change of stock, by story: goods that move, packs that are opened, lots that expire, counts, marks."""

from tenant_apps.stock.services.counting import apply_count, begin_count, drop_count, forget_count_of, write_counts
from tenant_apps.stock.services.lots import discard_lot
from tenant_apps.stock.services.marks import set_low_mark
from tenant_apps.stock.services.moving import (
    MOST,
    Line,
    adjust,
    give_back,
    location_of_satker,
    location_of_warung,
    receive,
    release,
    reserve,
    sell,
    shelves_of,
    ship,
    take_back,
    transfer,
)
from tenant_apps.stock.services.packs import open_pack, seal_packs
from tenant_apps.stock.services.uncounted import sell_gone

__all__ = [
    "MOST",
    "Line",
    "adjust",
    "apply_count",
    "begin_count",
    "discard_lot",
    "drop_count",
    "forget_count_of",
    "give_back",
    "location_of_satker",
    "location_of_warung",
    "open_pack",
    "receive",
    "release",
    "reserve",
    "seal_packs",
    "sell",
    "sell_gone",
    "set_low_mark",
    "shelves_of",
    "ship",
    "take_back",
    "transfer",
    "write_counts",
]
