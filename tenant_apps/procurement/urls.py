from django.urls import path

from tenant_apps.procurement.goods_urls import goods_patterns
from tenant_apps.procurement.views import cycles_owner, cycles_satker, owner, receipts, satker

app_name = "procurement"
urlpatterns = [
    path("toko/restok/", owner.requests_page, name="requests"),
    path("toko/restok/baru/", owner.new, name="new"),
    path("toko/restok/putaran/", cycles_owner.cycles_page, name="cycles"),
    path("toko/restok/putaran/<document_number:number>/", cycles_owner.order_page, name="cycle_order"),
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
    path("satker/putaran/", cycles_satker.cycles_page, name="satker_cycles"),
    path("satker/putaran/baru/", cycles_satker.new, name="cycle_new"),
    path("satker/putaran/<document_number:number>/", cycles_satker.cycle_page, name="cycle"),
    path("satker/putaran/<document_number:number>/ubah/", cycles_satker.change, name="cycle_change"),
    path("satker/putaran/<document_number:number>/buka/", cycles_satker.open_, name="cycle_open"),
    path("satker/putaran/<document_number:number>/tutup/", cycles_satker.close, name="cycle_close"),
    path("satker/putaran/<document_number:number>/perpanjang/", cycles_satker.extend, name="cycle_extend"),
    path("satker/putaran/<document_number:number>/batalkan/", cycles_satker.cancel, name="cycle_cancel"),
    path("satker/putaran/<document_number:number>/susun/", cycles_satker.plan, name="cycle_plan"),
    path("satker/putaran/<document_number:number>/pesan/", cycles_satker.send, name="cycle_send"),
    path("satker/putaran/<document_number:number>/pesanan/", cycles_satker.orders_page, name="cycle_orders"),
    path("satker/putaran/<document_number:number>/stok/", cycles_satker.own_order, name="cycle_own_order"),
    path("satker/penerimaan/", receipts.receipts_page, name="receipts"),
    path("satker/penerimaan/baru/", receipts.new, name="receipt_new"),
    path("satker/penerimaan/<document_number:number>/", receipts.receipt, name="receipt"),
    *goods_patterns,
]
