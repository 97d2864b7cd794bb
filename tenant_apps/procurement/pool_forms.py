"""The shape of what a Satker writes about joint purchases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shared_apps.supplier_catalog.models import SupplierOrganisation
from tenant_apps.procurement.cycle_forms import ClosesForm
from tenant_apps.procurement.models import Cycle


class _CycleChoice(forms.Form):
    """One of the cycles that may take part."""

    cycle = forms.ChoiceField(
        label=_("Which cycle takes part?"), error_messages={"required": _("Choose one of your cycles.")}
    )

    def __init__(self, cycles: Sequence[Cycle], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.cycles = {cycle.number: cycle for cycle in cycles}
        self.fields["cycle"].choices = [  # type: ignore[attr-defined]
            (cycle.number, f"{cycle.name} ({cycle.number}, {cycle.get_state_display()})") for cycle in cycles
        ]

    def chosen(self) -> Cycle:
        return self.cycles[self.cleaned_data["cycle"]]


class PoolJoinForm(_CycleChoice):
    """With which cycle the region takes part."""


class PoolForm(_CycleChoice, ClosesForm):
    """A new joint purchase."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    supplier = forms.ChoiceField(
        label=_("At which supplier?"), error_messages={"required": _("Choose one of the suppliers.")}
    )

    field_order = ("name", "cycle", "supplier", "closes_at", "key")

    def __init__(
        self,
        cycles: Sequence[Cycle],
        suppliers: Sequence[SupplierOrganisation],
        data: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(cycles, data, **kwargs)
        self.suppliers = {str(one.public_id): one for one in suppliers}
        self.fields["supplier"].choices = [(public_id, one.name) for public_id, one in self.suppliers.items()]  # type: ignore[attr-defined]
        self.fields["closes_at"].label = _("Closes at")

    def seller(self) -> SupplierOrganisation:
        return self.suppliers[self.cleaned_data["supplier"]]


class InviteForm(forms.Form):
    who = forms.CharField(
        label=_("Name or address of the region"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
