from django.urls import path, register_converter

from tenant_apps.privacy import views
from tenants.kernel.numbers import DocumentNumber

app_name = "privacy"
register_converter(DocumentNumber, "erasure")

urlpatterns = [
    path("akun/data/", views.mine, name="mine"),
    path("akun/data/salinan/", views.copy, name="copy"),
    path("akun/data/hapus/", views.erase, name="erase"),
    path("data-dihapus/<erasure:number>/", views.gone, name="gone"),
    path("wilayah/penghapusan/", views.erasure_list, name="erasures"),
]
