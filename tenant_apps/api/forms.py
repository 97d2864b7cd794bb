"""The shape of a new key."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenant_apps.accounts.access import Member
from tenant_apps.api.scopes import TOKO_ROLES, TOKO_SCOPES, Scope


class TokenForm(forms.Form):
    """What the key is for, what it may do, and for how long."""

    name = forms.CharField(
        label=_("What is it for?"), max_length=80, help_text=_("For example: the till at the counter.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    days = forms.ChoiceField(
        label=_("For how long?"), choices=[("30", _("30 days")), ("90", _("90 days")), ("365", _("one year"))]
    )

    def __init__(self, member: Member, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["scopes"]
        may_counter = bool(member.roles & TOKO_ROLES)
        field.choices = [(one.value, one.label) for one in Scope if may_counter or one not in TOKO_SCOPES]
