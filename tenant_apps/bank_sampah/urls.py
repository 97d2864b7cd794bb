"""Addresses of the citizen, of a unit, and of the Satker."""

from django.urls import path, register_converter

from tenant_apps.bank_sampah.views import desk, members, office, own, payouts, reports, store
from tenants.kernel.numbers import DocumentNumber

register_converter(DocumentNumber, "waste_number")

app_name = "bank_sampah"
urlpatterns = [
    path("tabungan/", own.books, name="books"),
    path("tabungan/buka/", own.become_member, name="become_member"),
    path("tabungan/kartu/", own.own_card, name="own_card"),
    path("tabungan/kartu/<slug:card>/", own.card_read, name="card_read"),
    path("tabungan/pin/", own.own_pin, name="own_pin"),
    path("tabungan/harga/", own.prices, name="prices"),
    path("tabungan/slip/<waste_number:number>/", own.own_slip, name="own_slip"),
    path("tabungan/penarikan/<waste_number:number>/batal/", own.give_up, name="give_up"),
    path("tabungan/<uuid:public_id>/", own.book, name="book"),
    path("tabungan/<uuid:public_id>/cetak/", own.book_print, name="book_print"),
    path("tabungan/<uuid:public_id>/unduh/", own.book_sheet, name="book_sheet"),
    path("tabungan/<uuid:public_id>/setoran/", own.slips, name="slips"),
    path("tabungan/<uuid:public_id>/tarik/", own.ask_for, name="ask"),
    path("sampah/", desk.units, name="units"),
    path("sampah/<uuid:unit>/", desk.desk, name="desk"),
    path("sampah/<uuid:unit>/timbang/<waste_number:number>/", desk.weigh, name="weigh"),
    path("sampah/<uuid:unit>/slip/<waste_number:number>/", desk.slip, name="slip"),
    path("sampah/<uuid:unit>/slip/<waste_number:number>/batal/", desk.slip_back, name="slip_back"),
    path("sampah/<uuid:unit>/nasabah/", members.members, name="members"),
    path("sampah/<uuid:unit>/nasabah/baru/", members.new, name="member_new"),
    path("sampah/<uuid:unit>/nasabah/<waste_number:number>/", members.member, name="member"),
    path("sampah/<uuid:unit>/nasabah/<waste_number:number>/ubah/", members.change, name="member_change"),
    path("sampah/<uuid:unit>/nasabah/<waste_number:number>/buku/", members.book_new, name="book_new"),
    path("sampah/<uuid:unit>/nasabah/<waste_number:number>/tarik/", members.payout, name="member_payout"),
    path("sampah/<uuid:unit>/nasabah/<waste_number:number>/kartu/", members.card, name="card"),
    path("sampah/<uuid:unit>/nasabah/<waste_number:number>/kartu/baru/", members.card_new, name="card_new"),
    path("sampah/<uuid:unit>/nasabah/<waste_number:number>/pin/", members.pin, name="member_pin"),
    path("sampah/<uuid:unit>/nasabah/<waste_number:number>/tutup/", members.close, name="member_close"),
    path("sampah/<uuid:unit>/penarikan/", payouts.payouts, name="payouts"),
    path("sampah/<uuid:unit>/penarikan/<waste_number:number>/", payouts.payout, name="payout"),
    path("sampah/<uuid:unit>/penarikan/<waste_number:number>/bayar/", payouts.paid, name="payout_paid"),
    path("sampah/<uuid:unit>/penarikan/<waste_number:number>/tolak/", payouts.not_paid, name="payout_refused"),
    path("sampah/<uuid:unit>/gudang/", store.store, name="store"),
    path("sampah/<uuid:unit>/gudang/kirim/", store.send_waste, name="send"),
    path("sampah/<uuid:unit>/gudang/kiriman/<waste_number:number>/", store.transfer, name="transfer"),
    path("sampah/<uuid:unit>/gudang/jenis/<uuid:grade>/", store.work, name="work"),
    path("sampah/<uuid:unit>/jual/", store.sell_waste, name="sell"),
    path("sampah/<uuid:unit>/penjualan/", store.sales, name="sales"),
    path("sampah/<uuid:unit>/penjualan/<waste_number:number>/", store.sale, name="sale"),
    path("sampah/<uuid:unit>/penjualan/<waste_number:number>/lunas/", store.sale_paid, name="sale_paid"),
    path("satker/bank-sampah/laporan/", reports.year, name="year"),
    path("satker/bank-sampah/laporan/unduh/", reports.year_sheet, name="year_sheet"),
    path("satker/bank-sampah/pengepul/", reports.buyers_page, name="buyers"),
    path("satker/bank-sampah/unit/<uuid:public_id>/pengurus/", reports.committee, name="committee"),
    path("satker/bank-sampah/", office.overview, name="office"),
    path("satker/bank-sampah/mulai/", office.begin, name="begin"),
    path("satker/bank-sampah/jenis/", office.types, name="types"),
    path("satker/bank-sampah/jenis/<uuid:grade>/", office.one_type, name="type"),
    path("satker/bank-sampah/unit/baru/", office.unit_new, name="unit_new"),
    path("satker/bank-sampah/unit/<uuid:public_id>/", office.unit, name="unit"),
    path("satker/bank-sampah/unit/<uuid:public_id>/kas/", office.box, name="box"),
    path("satker/bank-sampah/ketentuan/", office.terms, name="terms"),
]
