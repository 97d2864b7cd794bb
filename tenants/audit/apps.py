from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "tenants.audit"
    label = "audit"
    verbose_name = "Audit"

    def ready(self) -> None:
        from tenants.audit import carrying  # noqa: F401
