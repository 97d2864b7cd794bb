"""The shape of what billing's pages ask. The rules are in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shared_apps.billing.models import Interval, PlanVersion
from tenants.forms import MOST_RUPIAH, RupiahField


class PlanForm(forms.Form):
    """A plan and how often it is paid."""

    plan = forms.ChoiceField(label=pgettext_lazy("subscription", "Plan"), widget=forms.RadioSelect)
    interval = forms.ChoiceField(
        label=_("How often"), choices=Interval, widget=forms.RadioSelect, initial=Interval.YEAR
    )

    def __init__(self, *args: Any, plans: list[PlanVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].choices = [(plan.code, plan.name) for plan in plans]  # type: ignore[attr-defined]


class BuyerForm(forms.Form):
    """Who stands on papers."""

    institution = forms.CharField(label=_("Institution"), max_length=160)
    npwp = forms.CharField(label="NPWP", max_length=20, help_text=_("15 or 16 digits, as on the tax card."))
    address = forms.CharField(label=_("Postal address"), max_length=240, widget=forms.Textarea(attrs={"rows": 2}))
    email = forms.EmailField(label=_("E-mail address"), help_text=_("Papers and reminders go there."))


class QuotationForm(PlanForm, BuyerForm):
    """A quotation for an institution."""

    field_order = ["plan", "interval", "institution", "npwp", "address", "email"]


class OrderForm(forms.Form):
    """The purchase order that a quotation was given."""

    po_number = forms.CharField(label=_("Number of your purchase order"), max_length=60)
    po_file = forms.FileField(
        label=_("Purchase order"), required=False, help_text=_("PDF, JPEG or PNG of at most 5 MB.")
    )


class ClaimForm(forms.Form):
    """A transfer that was made."""

    amount = RupiahField(label=_("Amount transferred"), max_value=MOST_RUPIAH * 10)
    paid_on = forms.DateField(
        label=_("Day of the transfer"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    proof = forms.FileField(label=_("Proof of the transfer"), help_text=_("PDF, JPEG or PNG of at most 5 MB."))


class ReasonForm(forms.Form):
    """Why; it stands in the history for ever."""

    reason = forms.CharField(label=_("Reason"), max_length=240)


class MoneyBackForm(ReasonForm):
    """How much is taken back or paid back, and why."""

    amount = RupiahField(label=_("Amount"), max_value=MOST_RUPIAH * 10)
    field_order = ["amount", "reason"]


class TrialForm(ReasonForm):
    """More time without paying."""

    until = forms.DateField(label=_("Free until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    field_order = ["until", "reason"]


class SponsorForm(forms.Form):
    """A payer for many regions."""

    name = forms.CharField(label=_("Name"), max_length=160)
    npwp = forms.CharField(label="NPWP", max_length=20, help_text=_("15 or 16 digits, as on the tax card."))
    address = forms.CharField(label=_("Postal address"), max_length=240)
    email = forms.EmailField(label=_("E-mail address"))
    interval = forms.ChoiceField(label=_("How often"), choices=Interval, initial=Interval.YEAR)


class SponsorBillForm(forms.Form):
    """What a sponsor's invoice is issued for."""

    po_number = forms.CharField(label=_("Number of your purchase order"), max_length=60, required=False)


class SponsoredForm(forms.Form):
    """A region by the first part of its address, or its whole host."""

    region = forms.CharField(label=_("Address of the region's site"), max_length=253, help_text="kalidoni")
