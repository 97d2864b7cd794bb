"""The shape of what an admin writes about the region."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from tenant_apps.satker.selectors import ServiceRow
from tenant_apps.satker.texts import TEXTS
from tenant_apps.warungs.forms import number_field
from tenant_apps.warungs.models import Neighbourhood

# An office has a land line as well, so this is less strict than a number that gets short texts.
_NUMBER = RegexValidator(r"^\+?[0-9][0-9 ().-]{4,18}\Z", _("Write a telephone number such as 0711 710711."))


class ServicesForm(forms.Form):
    """Which services the region offers."""

    services = forms.MultipleChoiceField(
        label=_("Services that your region offers"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, rows: list[ServiceRow], data: Any = None) -> None:
        super().__init__(data, initial={"services": [row.code for row in rows if row.enabled]})
        field: Any = self.fields["services"]
        field.choices = [(row.code, row.label) for row in rows]


class SatkerForm(forms.Form):
    """Who the Satker is, and what the region's first page says."""

    name = forms.CharField(label=_("Name of the Satker"), max_length=160)
    address = forms.CharField(label=_("Address of the office"), max_length=240)
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=20,
        validators=[_NUMBER],
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
    )
    email = forms.EmailField(label=_("E-mail address"), required=False, max_length=254)


class TextsForm(forms.Form):
    """What the region's own pages say."""

    def __init__(self, texts: dict[str, str], data: Any = None) -> None:
        super().__init__(data, initial=texts)
        for code, label in TEXTS.items():
            self.fields[code] = forms.CharField(
                label=str(label), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
            )


class RwForm(forms.Form):
    """The RW of a kelurahan as they stand: each with its number of RT, or to be removed."""

    def __init__(self, rows: list[Neighbourhood], data: Any = None) -> None:
        super().__init__(data)
        self.rows = rows
        for row in rows:
            self.fields[f"rt-{row.rw}"] = number_field(
                _("Number of RT"), required=True, min_value=0, initial=row.rt_count
            )
            self.fields[f"gone-{row.rw}"] = forms.BooleanField(required=False)

    def lines(self) -> list[tuple[Neighbourhood, forms.BoundField, forms.BoundField]]:
        return [(row, self[f"rt-{row.rw}"], self[f"gone-{row.rw}"]) for row in self.rows]

    def rt_counts(self) -> dict[int, int]:
        """Those that changed."""
        told = {row.rw: self.cleaned_data[f"rt-{row.rw}"] for row in self.rows if row.rw not in self.removed()}
        before = {row.rw: row.rt_count for row in self.rows}
        return {rw: count for rw, count in told.items() if count != before[rw]}

    def removed(self) -> list[int]:
        return [row.rw for row in self.rows if self.cleaned_data[f"gone-{row.rw}"]]


class MoreRwForm(forms.Form):
    """Several RW at once, each with so many RT."""

    first = number_field(_("From RW"), required=True)
    last = number_field(_("up to"), required=True)
    rt_count = number_field(_("RT each"), required=True, min_value=0)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", _("Write the same number or a larger one."))
        elif first and last and last - first >= MOST_AT_ONCE:
            self.add_error("last", _("Enter at most 100 RW at once."))
        return data

    def rt_counts(self) -> dict[int, int]:
        data = self.cleaned_data
        return dict.fromkeys(range(data["first"], data["last"] + 1), data["rt_count"])


MOST_AT_ONCE = 100
