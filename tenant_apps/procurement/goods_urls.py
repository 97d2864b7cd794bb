"""The addresses of what comes of a cycle: goods, hand-overs, invoices, money."""

from django.urls import path, register_converter

from tenant_apps.procurement.views import arrivals, goods_owner, handovers, invoices, money
from tenants.kernel.numbers import DocumentNumber

register_converter(DocumentNumber, "document_number")

CYCLE = "satker/putaran/<document_number:number>"
BOUGHT = f"{CYCLE}/penerimaan/<uuid:supplier>"
SLIP = f"{CYCLE}/penerimaan/bukti/<document_number:arrival>"
HANDED = f"{CYCLE}/pembagian/<document_number:document>"
BILL = f"{CYCLE}/faktur/<uuid:public_id>"
OWN = "toko/restok/putaran/<document_number:number>/serah-terima"

goods_patterns = [
    path(f"{CYCLE}/penerimaan/", arrivals.arrivals, name="arrivals"),
    path(f"{CYCLE}/penerimaan/lanjut/", arrivals.go_on, name="go_on"),
    path(f"{BOUGHT}/", arrivals.count, name="count_arrival"),
    path(f"{BOUGHT}/tutup/", arrivals.close, name="close_purchase"),
    path(f"{BOUGHT}/retur/", arrivals.give_back, name="give_back"),
    path(f"{SLIP}/", arrivals.arrival, name="arrival"),
    path(f"{SLIP}/batal/", arrivals.take_back, name="take_back_arrival"),
    path(f"{SLIP}/pdf/", arrivals.arrival_pdf, name="arrival_pdf"),
    path(f"{CYCLE}/penerimaan/foto/<uuid:public_id>/", arrivals.photo, name="arrival_photo"),
    path(f"{CYCLE}/pembagian/", handovers.shares, name="shares"),
    path(f"{CYCLE}/pembagian/rute/", handovers.routes, name="routes"),
    path(f"{CYCLE}/pembagian/ambil/", handovers.picking, name="picking"),
    path(f"{CYCLE}/pembagian/muat/", handovers.load_route, name="load_route"),
    path(f"{HANDED}/", handovers.one, name="hand_over"),
    path(f"{HANDED}/muat/", handovers.load_one, name="load_one"),
    path(f"{HANDED}/tidak-ada/", handovers.missed, name="missed"),
    path(f"{HANDED}/lagi/", handovers.again, name="bring_again"),
    path(f"{HANDED}/surat/<slug:kind>/", handovers.paper, name="paper"),
    path(f"{CYCLE}/faktur/", invoices.invoices, name="invoices"),
    path(f"{BILL}/", invoices.invoice, name="invoice"),
    path(f"{BILL}/cocok/", invoices.match_one, name="match_invoice"),
    path(f"{BILL}/sanggah/", invoices.dispute_one, name="dispute_invoice"),
    path(f"{BILL}/bayar/", invoices.pay_one, name="pay_invoice"),
    path(f"{CYCLE}/rekap/", invoices.recap, name="recap"),
    path(f"{CYCLE}/rekap/selesai/", invoices.settle, name="settle_cycle"),
    path(f"{CYCLE}/rekap/<uuid:public_id>/", invoices.trace, name="trace"),
    path("satker/utang/", invoices.payables_page, name="payables"),
    path("satker/piutang/", money.receivables_page, name="receivables"),
    path("satker/piutang/kwitansi/<document_number:payment>/", money.receipt, name="money_receipt"),
    path("satker/piutang/<uuid:public_id>/", money.warung_page, name="debtor"),
    path(f"{OWN}/", goods_owner.goods, name="goods"),
    path(f"{OWN}/<document_number:document>/<slug:kind>/", goods_owner.paper, name="own_paper"),
    path("toko/restok/kwitansi/<document_number:payment>/", goods_owner.receipt, name="own_receipt"),
]
