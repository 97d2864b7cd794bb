"""What an operator writes before a region goes back to an archive."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class StepForm(forms.Form):
    """Why, and which region."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept in the region's history and in its own log, and mailed to its admins."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=400,
    )
    typed_slug = forms.CharField(
        label=_("The region's short name, typed once more"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
