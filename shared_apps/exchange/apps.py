from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "shared_apps.exchange"
    label = "exchange"
    verbose_name = "Exchange of supplier orders"

    def ready(self) -> None:
        from shared_apps.exchange import delivering, navigation  # noqa: F401  register what they offer
