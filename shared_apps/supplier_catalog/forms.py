"""The shape of what suppliers and operators write. The rules are in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from shared_apps.supplier_catalog.errors import FactRefused
from shared_apps.supplier_catalog.models import SupplierOrganisation, SupplierRole
from shared_apps.supplier_catalog.services.deciding import LONGEST_REASON
from shared_apps.supplier_catalog.services.facts import Business, clean_nib, clean_npwp
from tenants.forms import RupiahField
from tenants.identity.forms import MAX_NAME, NewPasswordField, PhoneField


class BusinessForm(forms.Form):
    """What a supplier tells of itself; its place comes from the area picker of the same page."""

    name = forms.CharField(
        label=_("Name of the business"), min_length=3, max_length=160, help_text=_("As it stands on the NIB.")
    )
    address = forms.CharField(label=_("Street and number"), max_length=240)
    phone = PhoneField(help_text=_("For example 0812 3456 7890."))
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    about = forms.CharField(
        label=_("What do you sell?"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences for the Satker of the regions."),
    )

    def business(self, area: str) -> Business:
        told = {name: self.cleaned_data[name] for name in ("name", "address", "phone", "email", "about")}
        return Business(area=area, **told)


class RegisterForm(BusinessForm):
    """A new supplier, and who registers it."""

    nib = forms.CharField(
        label=_("NIB"), max_length=30, help_text=_("Nomor Induk Berusaha, 13 digits."), widget=forms.TextInput()
    )
    npwp = forms.CharField(label=_("NPWP"), required=False, max_length=30, help_text=_("15 or 16 digits."))
    person = forms.CharField(
        label=_("Your name"), max_length=MAX_NAME, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ("name", "nib", "npwp", "address", "person", "phone", "email", "about")

    def clean_nib(self) -> str:
        return self._checked(clean_nib, "nib")

    def clean_npwp(self) -> str:
        return self._checked(clean_npwp, "npwp")

    def _checked(self, check: Any, name: str) -> str:
        try:
            checked: str = check(self.cleaned_data[name])
        except FactRefused as refused:
            raise ValidationError(refused.message) from refused
        return checked


class CompanyForm(BusinessForm):
    """A supplier's own data."""

    minimum_order = RupiahField(
        label=_("Smallest order"),
        min_value=0,
        help_text=_("Rupiah of goods below which you take no order; 0 for none."),
    )
    order_freight = RupiahField(
        label=_("Freight of an order"),
        min_value=0,
        help_text=_("Rupiah for bringing one order, however much is in it."),
    )
    allows_pooling = forms.BooleanField(
        label=_("Regions may order jointly"),
        required=False,
        help_text=_(
            "Then several regions reach your price tiers together. Each sends an order of its own, and you answer each."
        ),
    )

    @staticmethod
    def initial_of(organisation: SupplierOrganisation) -> dict[str, Any]:
        names = ("name", "address", "phone", "email", "about", "minimum_order", "order_freight", "allows_pooling")
        return {name: getattr(organisation, name) for name in names}


class InvitedForm(forms.Form):
    """A new person who follows an invitation."""

    name = forms.CharField(
        label=_("Your name"), max_length=MAX_NAME, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = NewPasswordField(label=_("Password"))


class InviteForm(forms.Form):
    """Whom an administrator invites."""

    name = forms.CharField(label=_("Name"), max_length=MAX_NAME)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(
        label=_("Role"), choices=SupplierRole.choices, initial=SupplierRole.CATALOGUE, widget=forms.RadioSelect
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=SupplierRole.choices)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason, mailed to the supplier"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
