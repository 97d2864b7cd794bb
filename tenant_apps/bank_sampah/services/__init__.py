"""Every change of the waste bank, by story."""

from tenant_apps.bank_sampah.services.joining import (
    agree,
    change_member,
    close_member,
    give_new_card,
    join,
    link_user,
    open_book,
    reopen_member,
)
from tenant_apps.bank_sampah.services.moving import receive, send, sort, write_off
from tenant_apps.bank_sampah.services.paying_out import Wish, ask, cancel, fill_box, pay, refuse
from tenant_apps.bank_sampah.services.pins import check_pin, forget_pin, set_pin
from tenant_apps.bank_sampah.services.selling import Sold, make_buyer, pay_committee, sell, settle_sale, take_back_sale
from tenant_apps.bank_sampah.services.setting_up import (
    add_grade,
    add_type,
    change_unit,
    make_unit,
    set_bank_terms,
    set_price,
    take_type,
)
from tenant_apps.bank_sampah.services.starting import set_up
from tenant_apps.bank_sampah.services.weighing import Slip, Weighed, price_slip, take_back, weigh_in

__all__ = [
    "Slip",
    "Sold",
    "Weighed",
    "Wish",
    "add_grade",
    "add_type",
    "agree",
    "ask",
    "cancel",
    "change_member",
    "change_unit",
    "check_pin",
    "close_member",
    "fill_box",
    "forget_pin",
    "give_new_card",
    "join",
    "link_user",
    "make_buyer",
    "make_unit",
    "open_book",
    "pay",
    "pay_committee",
    "price_slip",
    "receive",
    "refuse",
    "reopen_member",
    "sell",
    "send",
    "set_bank_terms",
    "set_pin",
    "set_price",
    "set_up",
    "settle_sale",
    "sort",
    "take_back",
    "take_back_sale",
    "take_type",
    "weigh_in",
    "write_off",
]
