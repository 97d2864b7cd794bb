"""The shape of a count of what is on a shelf."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenant_apps.catalog.models import Pack, Product
from tenant_apps.catalog.selectors import units_of
from tenant_apps.stock.reasons import COUNT_REASONS
from tenants.forms import AmountField


class CountForm(forms.Form):
    """So much is there now. `key` makes a second tap harmless."""

    amount = AmountField(label=_("Counted now"), allow_zero=True)
    unit = forms.TypedChoiceField(label=_("counted in"), coerce=int)
    reason = forms.ChoiceField(label=_("Why does it differ?"), choices=COUNT_REASONS)
    note = forms.CharField(label=_("Note"), max_length=240, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, product: Product, packs: Sequence[Pack], data: Any = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4(), "reason": "count"})
        unit: Any = self.fields["unit"]
        unit.choices = units_of(product, packs)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        amount, unit = data.get("amount"), data.get("unit")
        if amount is not None and unit:
            counted = amount * unit
            if counted != int(counted):
                self.add_error("amount", _("That is no whole number of the smallest unit."))
            else:
                data["counted"] = int(counted)
        return data
