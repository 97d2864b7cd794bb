"""Every change of a restock and of a goods receipt, by story."""

from tenant_apps.procurement.services.arriving import receive_restock
from tenant_apps.procurement.services.asking import Wish, cancel_restock, submit_restock
from tenant_apps.procurement.services.filling import accept_restock, call_off_restock, reject_restock, send_restock
from tenant_apps.procurement.services.supplying import Supply, receive_goods

__all__ = [
    "Supply",
    "Wish",
    "accept_restock",
    "call_off_restock",
    "cancel_restock",
    "receive_goods",
    "receive_restock",
    "reject_restock",
    "send_restock",
    "submit_restock",
]
