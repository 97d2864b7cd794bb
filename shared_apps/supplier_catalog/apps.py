from django.apps import AppConfig


class SupplierCatalogConfig(AppConfig):
    name = "shared_apps.supplier_catalog"
    label = "supplier_catalog"
    verbose_name = "Supplier catalogue"
