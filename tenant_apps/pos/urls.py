"""Addresses of the kasir, the bon, the closing of the day and the charts."""

from django.urls import path, register_converter

from tenant_apps.pos.views import bon, charts, closing, savings, sending, till
from tenants.kernel.numbers import DocumentNumber

register_converter(DocumentNumber, "sale_number")

app_name = "pos"
urlpatterns = [
    path("toko/kasir/", till.till, name="till"),
    path("toko/kasir/barang.json", sending.goods, name="goods"),
    path("toko/kasir/token.json", sending.token, name="token"),
    path("toko/kasir/kirim/", sending.send, name="send"),
    path("toko/kasir/tabungan/", savings.pay, name="savings"),
    path("toko/kasir/qris.svg", till.qris, name="qris"),
    path("toko/kasir/penjualan/", till.sales, name="sales"),
    path("toko/kasir/<sale_number:number>/nota/", till.receipt, name="receipt"),
    path("toko/kasir/<sale_number:number>/batal/", till.void, name="void"),
    path("toko/kasir/<sale_number:number>/diperiksa/", till.reviewed, name="reviewed"),
    path("toko/bon/", bon.bons, name="bons"),
    path("toko/bon/baru/", bon.new, name="bon_new"),
    path("toko/bon/<uuid:public_id>/", bon.bon, name="bon"),
    path("toko/bon/<uuid:public_id>/bayar/", bon.pay, name="bon_pay"),
    path("toko/bon/<uuid:public_id>/ubah/", bon.change, name="bon_change"),
    path("toko/bon/<uuid:public_id>/hapus-buku/", bon.write_off, name="bon_write_off"),
    path("toko/bon/<uuid:public_id>/tutup/", bon.close, name="bon_close"),
    path("toko/tutup/", closing.closing, name="closing"),
    path("toko/tutup/buka/", closing.begin, name="day_open"),
    path("toko/tutup/hitung/", closing.count, name="day_count"),
    path("toko/tutup/hitung-ulang/", closing.recount, name="day_recount"),
    path("toko/tutup/selesai/", closing.close, name="day_close"),
    path("toko/tutup/kas/", closing.take, name="cash_move"),
    path("toko/tutup/setor/", closing.deposit, name="deposit"),
    path("toko/tutup/hari/", closing.past, name="days"),
    path("toko/tutup/hari/<slug:day>/", closing.one_day, name="day"),
    path("toko/grafik/", charts.charts, name="charts"),
    path("toko/grafik/unduh/", charts.chart_sheet, name="chart_sheet"),
]
