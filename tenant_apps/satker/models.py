"""The work unit that is the region's wholesaler, and the services that the region offers."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Satker(models.Model):
    """The region's one Satker."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=160)
    address = models.CharField(_("address"), max_length=240, blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    # There is one per region; provisioning that runs twice must find it again.
    only = models.BooleanField(default=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("Satker")
        verbose_name_plural = _("Satkers")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="satker_only_one", condition=Q(only=True)),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceSetting(models.Model):
    """Whether the region offers one of WARSA's services."""

    code = models.SlugField(_("service"), max_length=40, unique=True)
    enabled = models.BooleanField(_("offered"), default=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.code


class RegionText(models.Model):
    """A text of the region's own pages, such as the welcome on the first one."""

    code = models.SlugField(_("text"), max_length=40, unique=True)
    text = models.TextField(_("words"), blank=True, max_length=2000)

    class Meta:
        verbose_name = _("text of the region")
        verbose_name_plural = _("texts of the region")
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.code
