"""What the Satker writes down about suppliers' articles."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from shared_apps.supplier_catalog.models import Offer
from tenant_apps.catalog.models import Category, Kind, Product
from tenant_apps.suppliers.costs import compared_by
from tenants.forms import AmountField
from tenants.kernel.units import BaseUnit


class ContentForm(forms.Form):
    """How much of a product one pack holds, in the unit that people compare by: 1,5 kg, 12 pcs."""

    amount = AmountField(label=_("One pack holds"), required=False)

    def __init__(self, data: Any = None, *, product: Product, asked: bool = False) -> None:
        super().__init__(data, auto_id=f"{product.public_id}-%s")
        self.per, self.unit = compared_by(product.base_unit)
        self.fields["amount"].required = asked

    def clean_amount(self) -> int | None:
        """Base units of the product."""
        told = self.cleaned_data["amount"]
        if told is None:
            return None
        units = told * self.per
        if units != int(units):
            raise forms.ValidationError(_("Write whole pieces."))
        return int(units)


class NewProductForm(forms.Form):
    """What an article is called in our own catalogue, and on which shelf it stands."""

    name = forms.CharField(label=_("Name"), max_length=160)
    category = forms.ModelChoiceField(
        label=_("Category"), queryset=Category.objects.none(), to_field_name="slug", empty_label=_("Choose one")
    )
    kind = forms.ChoiceField(label=_("kind"), choices=Kind.choices)

    def __init__(self, data: Any = None, *, offer: Offer) -> None:
        packaged = offer.version.base_unit == BaseUnit.PIECE
        kind = Kind.PACKAGED if packaged else Kind.STAPLE
        super().__init__(data, initial={"name": offer.version.name, "kind": kind})
        field: Any = self.fields["category"]
        field.queryset = Category.objects.all()


class ReasonForm(forms.Form):
    """Why an article is not bought any more, or for now."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=240,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stays in the history."),
    )


def uuid_or_none(text: str) -> UUID | None:
    """A public id as an address or a form has it; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None
