"""What happens at the counter: selling and taking back, writing on a bon, opening and closing the drawer's day."""

from tenant_apps.pos.services.bons import (
    change_bon,
    close_bon,
    open_bon,
    pay_bon,
    reopen_bon,
    write_off_bon,
)
from tenant_apps.pos.services.drawer import close_day, count_day, move_cash, open_day, recount_day
from tenant_apps.pos.services.selling import (
    SaleLine,
    Tenders,
    mark_reviewed,
    record_gone_sale,
    record_sale,
    void_sale,
)

__all__ = [
    "SaleLine",
    "Tenders",
    "change_bon",
    "close_bon",
    "close_day",
    "count_day",
    "mark_reviewed",
    "move_cash",
    "open_bon",
    "open_day",
    "pay_bon",
    "record_gone_sale",
    "record_sale",
    "recount_day",
    "reopen_bon",
    "void_sale",
    "write_off_bon",
]
