"""Every change of a restock, a cycle and a goods receipt, by story."""

from tenant_apps.procurement.services.arriving import receive_restock
from tenant_apps.procurement.services.asking import Wish, cancel_restock, submit_restock
from tenant_apps.procurement.services.consolidating import replan
from tenant_apps.procurement.services.cycling import (
    CycleTerms,
    cancel_cycle,
    change_draft,
    close_cycle,
    draft_cycle,
    extend_cycle,
    open_cycle,
)
from tenant_apps.procurement.services.filling import accept_restock, call_off_restock, reject_restock, send_restock
from tenant_apps.procurement.services.ordering import CycleWish, save_cycle_order
from tenant_apps.procurement.services.purchasing import send_purchases
from tenant_apps.procurement.services.supplying import Supply, receive_goods

__all__ = [
    "CycleTerms",
    "CycleWish",
    "Supply",
    "Wish",
    "accept_restock",
    "call_off_restock",
    "cancel_cycle",
    "cancel_restock",
    "change_draft",
    "close_cycle",
    "draft_cycle",
    "extend_cycle",
    "open_cycle",
    "receive_goods",
    "receive_restock",
    "reject_restock",
    "replan",
    "save_cycle_order",
    "send_purchases",
    "send_restock",
    "submit_restock",
]
