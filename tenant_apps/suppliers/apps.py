from django.apps import AppConfig


class SuppliersConfig(AppConfig):
    name = "tenant_apps.suppliers"
    label = "suppliers"
    verbose_name = "Suppliers of a region"
