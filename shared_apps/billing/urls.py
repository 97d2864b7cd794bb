"""The operators' pages of billing, and Stripe's door; on the platform site only."""

from django.urls import path

from shared_apps.billing.views import operators, papers, sponsors, webhook

app_name = "billing"
urlpatterns = [
    path("tagihan/stripe/", webhook.stripe, name="stripe"),
    path("operator/tagihan/", operators.subscriptions, name="subscriptions"),
    path("operator/tagihan/langganan/<uuid:public_id>/", operators.subscription, name="subscription"),
    path("operator/tagihan/langganan/<uuid:public_id>/uji-coba/", operators.extend_trial, name="extend_trial"),
    path("operator/tagihan/langganan/<uuid:public_id>/akhiri/", operators.end, name="end"),
    path("operator/tagihan/langganan/<uuid:public_id>/lanjutkan/", operators.go_on, name="go_on"),
    path("operator/tagihan/langganan/<uuid:public_id>/baca-ulang/", operators.read_again, name="read_again"),
    path("operator/tagihan/faktur/", papers.invoices, name="invoices"),
    path("operator/tagihan/faktur/<uuid:public_id>/", papers.invoice, name="invoice"),
    path("operator/tagihan/faktur/<uuid:public_id>/pdf/", papers.invoice_pdf, name="invoice_pdf"),
    path("operator/tagihan/faktur/<uuid:public_id>/bayar/", papers.record_payment, name="record_payment"),
    path("operator/tagihan/faktur/<uuid:public_id>/kredit/", papers.credit, name="credit"),
    path("operator/tagihan/nota-kredit/<uuid:public_id>/pdf/", papers.credit_note_pdf, name="credit_note_pdf"),
    path("operator/tagihan/pembayaran/", papers.claims, name="claims"),
    path("operator/tagihan/pembayaran/<uuid:public_id>/bukti/", papers.proof, name="proof"),
    path("operator/tagihan/pembayaran/<uuid:public_id>/terima/", papers.confirm, name="confirm"),
    path("operator/tagihan/pembayaran/<uuid:public_id>/tolak/", papers.refuse, name="refuse"),
    path("operator/tagihan/pembayaran/<uuid:public_id>/kembalikan/", papers.refund, name="refund"),
    path("operator/tagihan/penawaran/", papers.quotations, name="quotations"),
    path("operator/tagihan/penawaran/<uuid:public_id>/pdf/", papers.quotation_pdf, name="quotation_pdf"),
    path("operator/tagihan/penawaran/<uuid:public_id>/pesanan/", papers.po_file, name="po_file"),
    path("operator/tagihan/penawaran/<uuid:public_id>/kirim/", papers.send, name="send_quotation"),
    path("operator/tagihan/penawaran/<uuid:public_id>/tarik/", papers.withdraw, name="withdraw_quotation"),
    path("operator/tagihan/sponsor/", sponsors.sponsors, name="sponsors"),
    path("operator/tagihan/sponsor/<uuid:public_id>/", sponsors.sponsor, name="sponsor"),
    path("operator/tagihan/sponsor/<uuid:public_id>/wilayah/", sponsors.add_region, name="sponsor_region"),
    path("operator/tagihan/sponsor/<uuid:public_id>/lepas/<uuid:which>/", sponsors.release, name="release_region"),
    path("operator/tagihan/sponsor/<uuid:public_id>/tagih/", sponsors.bill, name="bill_sponsor"),
    path("operator/tagihan/selisih/", operators.differences, name="differences"),
    path("operator/tagihan/selisih/bandingkan/", operators.compare_now, name="compare_now"),
]
