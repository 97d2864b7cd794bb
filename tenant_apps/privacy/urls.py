from django.urls import path

from tenant_apps.privacy import views

app_name = "privacy"

urlpatterns = [
    path("akun/data/", views.mine, name="mine"),
    path("akun/data/salinan/", views.copy, name="copy"),
    path("akun/data/hapus/", views.erase, name="erase"),
    path("data-dihapus/", views.gone, name="gone"),
    path("wilayah/penghapusan/", views.erasure_list, name="erasures"),
]
