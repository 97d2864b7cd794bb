"""The shape of what operators type."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from shared_apps.operations.models import OperatorRole

# Days that a calendar of ours can reckon with.
SOME_DAY = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))]


class CodeForm(forms.Form):
    """A code of the app or of the paper, or what the device answered."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("Six digits from your authenticator app, or a recovery code."),
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )


class AppForm(forms.Form):
    """The first code that a new app shows."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("The six digits that the app shows now."),
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class DeviceForm(forms.Form):
    """A device that is added."""

    name = forms.CharField(label=_("Name of the device"), max_length=60, required=False)
    passkey = forms.CharField(max_length=20_000, widget=forms.HiddenInput)


class PersonForm(forms.Form):
    """Who is let in, and as what."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=OperatorRole.choices, initial=OperatorRole.READER)


class AuditForm(forms.Form):
    """What to look for in the log."""

    q = forms.CharField(label=_("Search"), required=False, max_length=120)
    since = forms.DateField(
        label=_("From"), required=False, validators=SOME_DAY, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("Until"), required=False, validators=SOME_DAY, widget=forms.DateInput(attrs={"type": "date"})
    )
