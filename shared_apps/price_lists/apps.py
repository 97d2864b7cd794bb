from django.apps import AppConfig


class PriceListsConfig(AppConfig):
    name = "shared_apps.price_lists"
    label = "price_lists"
    verbose_name = "Suppliers' price lists"

    def ready(self) -> None:
        from shared_apps.price_lists import navigation, steps  # noqa: F401
