from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "tenants.outbox"
    label = "outbox"
    verbose_name = "Outbox"

    def ready(self) -> None:
        from tenants.outbox import facts, mail  # noqa: F401  registers its numbers and deliverers
