from django.urls import path

from tenant_apps.warungs.views import registry, toko

app_name = "warungs"
urlpatterns = [
    path("toko/pilih/", toko.choose, name="choose"),
    path("toko/buka/", toko.open_now, name="open"),
    path("toko/istirahat/", toko.pause, name="pause"),
    path("toko/jam/", toko.hours, name="hours"),
    path("toko/profil/", toko.profile, name="profile"),
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
