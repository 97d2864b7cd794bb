from __future__ import annotations

from django.apps import AppConfig


class LifecycleConfig(AppConfig):
    """What becomes of a region after it has opened: suspended, closed, moved away; and the domains of its own."""

    name = "tenants.lifecycle"
    label = "lifecycle"
    verbose_name = "Lifecycle of regions"
