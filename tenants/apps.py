from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "Regions"

    def ready(self) -> None:
        from tenants import (
            checks,  # noqa: F401
            content_types,
        )

        content_types.install()
