from django.urls import path, register_converter

from tenant_apps.procurement.views import owner, receipts, satker
from tenants.kernel.numbers import DocumentNumber

register_converter(DocumentNumber, "document_number")

app_name = "procurement"
urlpatterns = [
    path("toko/restok/", owner.requests_page, name="requests"),
    path("toko/restok/baru/", owner.new, name="new"),
    path("toko/restok/<document_number:number>/", owner.request_page, name="request"),
    path("toko/restok/<document_number:number>/batal/", owner.cancel, name="cancel"),
    path("toko/restok/<document_number:number>/terima/", owner.receive, name="receive"),
    path("satker/restok/", satker.queue, name="queue"),
    path("satker/restok/kebutuhan/", satker.needs_page, name="needs"),
    path("satker/restok/<document_number:number>/", satker.review, name="review"),
    path("satker/restok/<document_number:number>/setujui/", satker.accept, name="accept"),
    path("satker/restok/<document_number:number>/tolak/", satker.reject, name="reject"),
    path("satker/restok/<document_number:number>/kirim/", satker.send, name="send"),
    path("satker/restok/<document_number:number>/batalkan/", satker.call_off, name="call_off"),
    path("satker/restok/<document_number:number>/surat-jalan/", satker.delivery_note, name="delivery_note"),
    path("satker/penerimaan/", receipts.receipts_page, name="receipts"),
    path("satker/penerimaan/baru/", receipts.new, name="receipt_new"),
    path("satker/penerimaan/<document_number:number>/", receipts.receipt, name="receipt"),
]
