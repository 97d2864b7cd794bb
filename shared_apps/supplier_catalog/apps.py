from django.apps import AppConfig


class SupplierCatalogConfig(AppConfig):
    name = "shared_apps.supplier_catalog"
    label = "supplier_catalog"
    verbose_name = "Supplier catalogue"

    def ready(self) -> None:
        from shared_apps.supplier_catalog import navigation, steps  # noqa: F401
