from django.apps import AppConfig


class QuietTenants(AppConfig):
    """The registry's models, without what the engine changes in Django when it starts."""

    name = "tenants"
    verbose_name = "Regions"
