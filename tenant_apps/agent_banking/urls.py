"""Addresses of the agent at the warung, and of the Satker."""

from django.urls import path, register_converter

from tenant_apps.agent_banking.views import (
    commission,
    days,
    home,
    moves,
    recording,
    referrals,
    rules,
    satker,
    statements,
)
from tenants.kernel.numbers import DocumentNumber

register_converter(DocumentNumber, "agent_number")

app_name = "agent_banking"
urlpatterns = [
    path("toko/agen/", home.home, name="home"),
    path("toko/agen/daftar/", home.register, name="register"),
    path("toko/agen/berkas/", home.add_paper, name="add_paper"),
    path("toko/agen/berkas/<uuid:public_id>/", home.paper, name="paper"),
    path("toko/agen/batas/", home.marks, name="marks"),
    path("toko/agen/catat/", recording.kinds, name="kinds"),
    path("toko/agen/catat/<slug:code>/", recording.record, name="record"),
    path("toko/agen/transaksi/", recording.transactions, name="transactions"),
    path("toko/agen/transaksi/<agent_number:number>/", recording.receipt, name="receipt"),
    path("toko/agen/transaksi/<agent_number:number>/balik/", recording.reverse, name="reverse"),
    path("toko/agen/saldo/", moves.moves, name="moves"),
    path("toko/agen/saldo/<agent_number:number>/tarik/", moves.withdraw, name="withdraw_move"),
    path("toko/agen/saldo/<agent_number:number>/bukti/", moves.slip, name="slip"),
    path("toko/agen/hari/", days.day, name="day"),
    path("toko/agen/hari/buka/", days.begin, name="day_open"),
    path("toko/agen/hari/hitung/", days.count, name="day_count"),
    path("toko/agen/hari/hitung-ulang/", days.recount, name="day_recount"),
    path("toko/agen/hari/tutup/", days.close, name="day_close"),
    path("toko/agen/hari/riwayat/", days.past, name="days"),
    path("toko/agen/hari/riwayat/<slug:day>/", days.one_day, name="one_day"),
    path("toko/agen/rujukan/", referrals.referrals_page, name="referrals"),
    path("toko/agen/rujukan/<agent_number:number>/batal/", referrals.withdraw, name="withdraw_referral"),
    path("toko/agen/rekening-koran/", statements.statements, name="statements"),
    path("toko/agen/rekening-koran/<uuid:public_id>/", statements.statement, name="statement"),
    path("toko/agen/rekening-koran/<uuid:public_id>/cocokkan/", statements.compare, name="statement_compare"),
    path("toko/agen/rekening-koran/<uuid:public_id>/buang/", statements.drop, name="statement_drop"),
    path("toko/agen/rekening-koran/beda/<uuid:public_id>/", statements.exception, name="exception"),
    path("toko/agen/rekening-koran/beda/<uuid:public_id>/<slug:verb>/", statements.work_off, name="work_off"),
    path("toko/agen/komisi/", commission.commission, name="commission"),
    path("toko/agen/komisi/unduh/", commission.commission_sheet, name="commission_sheet"),
    path("satker/agen/", satker.agents_page, name="satker_agents"),
    path("satker/agen/aturan/", rules.rules, name="rules"),
    path("satker/agen/aturan/<slug:what>/", rules.decide, name="decide_rule"),
    path("satker/agen/aturan/jenis/<slug:code>/", rules.kind, name="kind"),
    path("satker/agen/berkas/<uuid:public_id>/", satker.paper, name="satker_paper"),
    path("satker/agen/saldo/", satker.moves_page, name="satker_moves"),
    path("satker/agen/saldo/<agent_number:number>/bukti/", satker.slip, name="satker_slip"),
    path("satker/agen/saldo/<agent_number:number>/<slug:verb>/", satker.settle_move, name="settle_move"),
    path("satker/agen/rujukan/", satker.referrals_page, name="satker_referrals"),
    path("satker/agen/rujukan/<agent_number:number>/<slug:verb>/", satker.step_referral, name="step_referral"),
    path("satker/agen/<agent_number:number>/", satker.agent_page, name="satker_agent"),
    path("satker/agen/<agent_number:number>/hari/<slug:day>/", satker.day, name="satker_day"),
    path("satker/agen/<agent_number:number>/hari/<slug:day>/<slug:verb>/", satker.judge_day, name="judge_day"),
    path("satker/agen/<agent_number:number>/<slug:verb>/", satker.step_agent, name="step_agent"),
]
