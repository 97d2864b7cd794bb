from django.urls import path, register_converter

from tenant_apps.region_setup.converters import VillageCode
from tenant_apps.region_setup.views import admin, announcements, backups, carving, desks, domains, log, subscription

register_converter(VillageCode, "village_code")

app_name = "region_setup"
urlpatterns = [
    path("toko/", desks.toko, name="toko"),
    path("satker/", desks.desk, name="desk"),
    path("wilayah/", admin.checklist, name="checklist"),
    path("wilayah/layanan/", admin.services, name="services"),
    path("wilayah/rt-rw/", admin.villages, name="villages"),
    path("wilayah/rt-rw/<village_code:code>/", admin.village, name="village"),
    path("wilayah/rt-rw/<village_code:code>/simpan/", admin.change_rw, name="change_rw"),
    path("wilayah/rt-rw/<village_code:code>/tambah/", admin.add_rw, name="add_rw"),
    path("wilayah/satker/", admin.satker, name="satker"),
    path("wilayah/teks/", admin.texts, name="texts"),
    path("wilayah/pemekaran/", carving.carving, name="carving"),
    path("wilayah/pemekaran/<uuid:public_id>/setuju/", carving.agree, name="agree_to_carving"),
    path("wilayah/pemekaran/<uuid:public_id>/tolak/", carving.refuse, name="refuse_carving"),
    path("wilayah/langganan/", subscription.home, name="subscription"),
    path("wilayah/langganan/paket/", subscription.plans, name="subscription_plans"),
    path("wilayah/langganan/kartu/", subscription.card, name="subscription_card"),
    path("wilayah/langganan/portal/", subscription.portal, name="subscription_portal"),
    path("wilayah/langganan/kembali/", subscription.back, name="subscription_back"),
    path("wilayah/langganan/penawaran/", subscription.quotation, name="subscription_quotation"),
    path("wilayah/langganan/penawaran/pdf/", subscription.quotation_pdf, name="subscription_quotation_pdf"),
    path("wilayah/langganan/penawaran/pesan/", subscription.order, name="subscription_order"),
    path("wilayah/langganan/penawaran/tarik/", subscription.withdraw, name="subscription_withdraw"),
    path("wilayah/langganan/tagihan/", subscription.invoices, name="subscription_invoices"),
    path("wilayah/langganan/tagihan/<uuid:public_id>/", subscription.invoice, name="subscription_invoice"),
    path("wilayah/langganan/tagihan/<uuid:public_id>/pdf/", subscription.invoice_pdf, name="subscription_invoice_pdf"),
    path(
        "wilayah/langganan/nota-kredit/<uuid:public_id>/pdf/",
        subscription.credit_note_pdf,
        name="subscription_credit_note",
    ),
    path("wilayah/langganan/akhiri/", subscription.end, name="subscription_end"),
    path("wilayah/langganan/lanjutkan/", subscription.go_on, name="subscription_go_on"),
    path("wilayah/langganan/lepas-sponsor/", subscription.leave, name="subscription_leave"),
    path("wilayah/domain/", domains.hosts, name="domains"),
    path("wilayah/domain/tambah/", domains.ask, name="ask_domain"),
    path("wilayah/domain/utama/", domains.primary, name="primary_domain"),
    path("wilayah/domain/<uuid:public_id>/periksa/", domains.check, name="check_domain"),
    path("wilayah/domain/<uuid:public_id>/pakai/", domains.open_host, name="open_domain"),
    path("wilayah/domain/<uuid:public_id>/lepas/", domains.remove, name="remove_domain"),
    path("wilayah/pemekaran/<uuid:public_id>/warung/", carving.offer_warungs, name="offer_warungs"),
    path("wilayah/pemekaran/warung/<uuid:public_id>/ambil/", carving.take_warungs, name="take_warungs"),
    path("wilayah/pemekaran/warung/<uuid:public_id>/tinggal/", carving.refuse_warungs, name="refuse_warungs"),
    path("wilayah/harga/", admin.on_sale, name="on_sale"),
    path("wilayah/catatan/", log.log, name="log"),
    path("wilayah/cadangan/", backups.backups, name="backups"),
    path("pengumuman/<uuid:public_id>/tutup/", announcements.put_away, name="put_away_announcement"),
]
