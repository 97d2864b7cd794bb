from __future__ import annotations

from django.apps import AppConfig


class BackupConfig(AppConfig):
    """One region out and in: archives, side schemas, imports."""

    name = "tenants.backup"
    label = "backup"
    verbose_name = "Backup"
