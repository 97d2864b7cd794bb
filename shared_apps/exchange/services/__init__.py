"""Every change of a supplier order: the region's (`sending`, `deciding`, `settling`) and the supplier's (`answering`, `billing`)."""

from shared_apps.exchange.services.answering import Answer, Shipped, change, confirm, refuse, ship
from shared_apps.exchange.services.billing import Billed, submit_invoice
from shared_apps.exchange.services.deciding import accept_change, cancel, note_receipt
from shared_apps.exchange.services.sending import Buyer, OrderedLine, send_order
from shared_apps.exchange.services.settling import dispute_invoice, match_invoice, pay_invoice

__all__ = [
    "Answer",
    "Billed",
    "Buyer",
    "OrderedLine",
    "Shipped",
    "accept_change",
    "cancel",
    "change",
    "confirm",
    "dispute_invoice",
    "match_invoice",
    "note_receipt",
    "pay_invoice",
    "refuse",
    "send_order",
    "ship",
    "submit_invoice",
]
