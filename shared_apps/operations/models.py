"""Who runs the platform."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class OperatorGrant(models.Model):
    """A platform account that may open the operators' console."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="operator_grant")
    granted_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.user)
