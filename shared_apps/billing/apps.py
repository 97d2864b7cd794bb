from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "shared_apps.billing"
    label = "billing"
    verbose_name = "Billing"

    def ready(self) -> None:
        from shared_apps.billing import checks, facts, hooks, navigation  # noqa: F401
        from shared_apps.billing.stripe import calls  # noqa: F401  registers what the outbox carries out
