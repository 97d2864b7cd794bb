"""The addresses of what comes of a cycle: goods, hand-overs, invoices, money."""

from django.urls import path, register_converter

from tenant_apps.procurement.views import goods_owner
from tenants.kernel.numbers import DocumentNumber

register_converter(DocumentNumber, "document_number")

goods_patterns = [
    path("toko/restok/putaran/<document_number:number>/serah-terima/", goods_owner.goods, name="goods"),
]
