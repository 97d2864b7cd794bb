"""The shape of what statements are asked for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tenant_apps.ledger.models import AccountKind

FIRST, LAST = date(2000, 1, 1), date(2999, 12, 30)


class PeriodForm(forms.Form):
    """From one day to another, both included; either may be left open."""

    since = forms.DateField(label=_("Since"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def clean_since(self) -> date | None:
        return self._sensible("since")

    def clean_until(self) -> date | None:
        return self._sensible("until")

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        since, until = told.get("since"), told.get("until")
        if since and until and since > until:
            raise ValidationError(_("The first day comes after the last one."))
        return told

    def _sensible(self, name: str) -> date | None:
        day: date | None = self.cleaned_data[name]
        if day is not None and not FIRST <= day <= LAST:
            raise ValidationError(_("Write a date of this century."))
        return day


class KindForm(forms.Form):
    """Which kind of account; an unknown one is all of them."""

    kind = forms.ChoiceField(choices=AccountKind.choices, required=False)
