from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "Regions"

    def ready(self) -> None:
        from tenants import (
            checks,  # noqa: F401
            content_types,
            facts,  # noqa: F401
            faults,  # noqa: F401
            measures,  # noqa: F401
        )

        content_types.install()
        _hear_of_deleted_regions_alone()


def _hear_of_deleted_regions_alone() -> None:
    """django-tenants listens to the end of every row of every model, which makes Django read whatever it deletes."""
    from django.db.models.signals import post_delete
    from django_tenants.signals import tenant_delete_callback

    from tenants.models import Region

    post_delete.disconnect(tenant_delete_callback)
    post_delete.connect(tenant_delete_callback, sender=Region)
