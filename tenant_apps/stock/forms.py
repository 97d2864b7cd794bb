"""The shape of what people write down before a shelf."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenant_apps.catalog.models import Pack, Product
from tenant_apps.catalog.selectors import units_of
from tenant_apps.stock.reasons import COUNT_REASONS
from tenants.context import current_region
from tenants.forms import AmountField
from tenants.kernel import clock
from tenants.kernel.units import BaseUnit

# A date that is farther away is a typing error.
LONGEST_LIFE = timedelta(days=3_650)


def measure_of(product: Product) -> int:
    """In what people count this product without its pack: kilograms, litres or pieces, in base units."""
    return 1 if product.base_unit == BaseUnit.PIECE else 1_000


class MeasuredForm(forms.Form):
    """So much of a product, in packs or measures. `cleaned_data["quantity"]` is in base units, if something was written."""

    amount = AmountField(label=_("Counted now"), allow_zero=True)
    unit = forms.TypedChoiceField(label=_("counted in"), coerce=int)

    def __init__(self, product: Product, packs: Sequence[Pack], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        unit: Any = self.fields["unit"]
        unit.choices = units_of(product, packs)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        amount, unit = data.get("amount"), data.get("unit")
        if amount is not None and unit:
            quantity = amount * unit
            if quantity != int(quantity):
                self.add_error("amount", _("That is no whole number of the smallest unit."))
            else:
                data["quantity"] = int(quantity)
        return data


class CountForm(MeasuredForm):
    """So much is there now. `key` makes a second tap harmless."""

    reason = forms.ChoiceField(label=_("Why does it differ?"), choices=COUNT_REASONS)
    note = forms.CharField(label=_("Note"), max_length=240, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, product: Product, packs: Sequence[Pack], data: Any = None) -> None:
        super().__init__(product, packs, data, initial={"key": uuid.uuid4(), "reason": "count"})


class ArrivalForm(MeasuredForm):
    """So much came in; until when it is good, and whether its packs are unopened."""

    amount = AmountField(label=_("How much came"))
    unit = forms.TypedChoiceField(label=_("in"), coerce=int)
    expires_on = forms.DateField(
        label=_("Good until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    unopened = forms.BooleanField(label=_("Its packs are unopened"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, product: Product, packs: Sequence[Pack], openable: Sequence[Pack], data: Any = None) -> None:
        super().__init__(product, packs, data, prefix="in", initial={"key": uuid.uuid4()})
        self.openable = {pack.base_quantity: pack for pack in openable}
        if not openable:
            del self.fields["unopened"]

    def clean_expires_on(self) -> Any:
        day, today = self.cleaned_data.get("expires_on"), clock.today(current_region().time_zone)
        if day is not None and not today <= day <= today + LONGEST_LIFE:
            raise forms.ValidationError(_("Write a date from today on, at most ten years ahead."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("unopened") and data.get("quantity"):
            pack = self.openable.get(data["unit"])
            if pack is None:
                self.add_error("unopened", _("Choose the pack that is unopened as the unit."))
            elif data["quantity"] % pack.base_quantity:
                self.add_error("amount", _("Unopened packs are whole packs."))
            else:
                data["pack"] = pack
        return data


class MarkForm(MeasuredForm):
    """Below this somebody wants to be told; empty: by how fast it sells."""

    amount = AmountField(label=_("Tell me below"), required=False, allow_zero=True)
    unit = forms.TypedChoiceField(label=_("in"), coerce=int)

    def __init__(self, product: Product, packs: Sequence[Pack], low_at: int | None, data: Any = None) -> None:
        unit = measure_of(product)
        shown = None if low_at is None else Decimal(low_at) / unit
        super().__init__(product, packs, data, prefix="mark", initial={"amount": shown, "unit": unit})


class CountLineForm(MeasuredForm):
    """One product of a count. `was` is what the page showed, so that only what somebody wrote is written."""

    amount = AmountField(label=_("There are"), required=False, allow_zero=True)
    unit = forms.TypedChoiceField(label=_("in"), coerce=int)
    was = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, product: Product, packs: Sequence[Pack], counted: int | None, data: Any = None) -> None:
        unit = measure_of(product)
        shown = None if counted is None else Decimal(counted) / unit
        written = "" if shown is None else f"{shown.normalize():f}".replace(".", ",")
        initial = {"amount": shown, "unit": unit, "was": f"{written} {unit}"}
        super().__init__(product, packs, data, prefix=str(product.public_id), initial=initial)
        self.product, self.counted = product, counted

    @property
    def told(self) -> int | None:
        """Base units that somebody wrote; None where the page came back as it was."""
        data = self.cleaned_data
        again = f"{self['amount'].value() or ''} {data.get('unit', '')}".strip() == data.get("was", "").strip()
        return None if again else data.get("quantity")


class PackTapForm(forms.Form):
    """One pack, so many times. `key` makes a second tap harmless."""

    pack = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    count = forms.IntegerField(min_value=1, max_value=10**6, required=False)
    key = forms.UUIDField()
