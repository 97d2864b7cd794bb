from django.urls import path, register_converter

from tenant_apps.procurement.converters import DocumentNumber
from tenant_apps.procurement.views import owner, satker

register_converter(DocumentNumber, "document_number")

app_name = "procurement"
urlpatterns = [
    path("toko/restok/<document_number:number>/", owner.request_page, name="request"),
    path("satker/restok/<document_number:number>/", satker.review, name="review"),
]
