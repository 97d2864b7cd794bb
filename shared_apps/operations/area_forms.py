"""The shape of what operators write about areas. The area comes from the picker of the same page."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from shared_apps.operations.models import Target
from tenants.identity.forms import MAX_NAME, NewPasswordField


class TargetForm(forms.Form):
    """What is wanted in an area, from when on, and who decided it."""

    measure = forms.ChoiceField(label=_("What is counted"), choices=Target.choices, widget=forms.RadioSelect)
    amount = forms.IntegerField(label=_("How many"), min_value=1, max_value=1_000_000)
    valid_from = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    source = forms.CharField(
        label=_("Where it is written"),
        max_length=240,
        help_text=_("The decision or plan in which it stands, with its date."),
    )


class SupervisorForm(forms.Form):
    """Whom an operator invites."""

    name = forms.CharField(label=_("Name"), max_length=MAX_NAME)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)


class JoiningForm(forms.Form):
    """A new person who follows an invitation."""

    name = forms.CharField(
        label=_("Your name"), max_length=MAX_NAME, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = NewPasswordField(label=_("Password"))
