from django.urls import path

from tenant_apps.warungs.views import delivery, registry, toko

app_name = "warungs"
urlpatterns = [
    path("toko/pilih/", toko.choose, name="choose"),
    path("toko/buka/", toko.open_now, name="open"),
    path("toko/istirahat/", toko.pause, name="pause"),
    path("toko/jam/", toko.hours, name="hours"),
    path("toko/profil/", toko.profile, name="profile"),
    path("toko/profil/letak/", toko.stand, name="stand"),
    path("toko/antar/", delivery.page, name="delivery"),
    path("toko/antar/minimum/", delivery.minimum, name="minimum"),
    path("toko/antar/wilayah/", delivery.add_zone, name="add_zone"),
    path("toko/antar/wilayah/<uuid:public_id>/hapus/", delivery.drop_zone, name="drop_zone"),
    path("toko/antar/waktu/", delivery.add_slot, name="add_slot"),
    path("toko/antar/waktu/<uuid:public_id>/hapus/", delivery.drop_slot, name="drop_slot"),
    path("toko/antar/batas/", delivery.terms, name="terms"),
    path("toko/pegawai/undang/", toko.invite_staff, name="invite_staff"),
    path("toko/pegawai/undangan/<uuid:invitation_id>/kirim/", toko.invite_staff_again, name="invite_staff_again"),
    path("toko/pegawai/undangan/<uuid:invitation_id>/tarik/", toko.withdraw_staff, name="withdraw_staff"),
    path("toko/pegawai/<uuid:person_id>/lepas/", toko.dismiss, name="dismiss"),
    path("wilayah/warung/", registry.warungs, name="registry"),
    path("wilayah/warung/baru/", registry.new, name="new"),
    path("wilayah/warung/<uuid:public_id>/", registry.warung, name="admin_warung"),
    path("wilayah/warung/<uuid:public_id>/ubah/", registry.edit, name="edit"),
    path("wilayah/warung/<uuid:public_id>/undang/", registry.invite_owner, name="invite_owner"),
    path(
        "wilayah/warung/<uuid:public_id>/undangan/<uuid:invitation_id>/kirim/",
        registry.invite_again,
        name="invite_owner_again",
    ),
    path(
        "wilayah/warung/<uuid:public_id>/undangan/<uuid:invitation_id>/tarik/",
        registry.withdraw_owner,
        name="withdraw_owner",
    ),
    path("wilayah/warung/<uuid:public_id>/<slug:move>/", registry.step, name="step"),
]
