"""The shape of what is sent here."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.forms import RupiahField


class CodeForm(forms.Form):
    """The text of a static QRIS code."""

    payload = forms.CharField(
        label=_("Text of the QRIS code"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )


class CameForm(forms.Form):
    """What came, where it is not what was asked for."""

    amount = RupiahField(required=False, label=_("What came in all"))


class StepForm(forms.Form):
    """A step, and what there is to say about it."""

    step = forms.CharField(max_length=20)
    note = forms.CharField(max_length=240, required=False, label=_("note"))
