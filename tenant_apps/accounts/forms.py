"""The shape of what people tell about themselves and of an invitation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tenant_apps.accounts.models import Profile, Role
from tenant_apps.accounts.selectors import villages
from tenants.identity.forms import MAX_NAME, NewPasswordField, PhoneField, present_password
from tenants.identity.models import User

# What an admin hands out alone; owners and staff belong to a warung, which invites them.
OFFICES = (Role.SATKER, Role.ADMIN)
LARGEST_RT = 999


class _NameField(forms.CharField):
    def __init__(self, label: Any) -> None:
        super().__init__(label=label, max_length=MAX_NAME, widget=forms.TextInput(attrs={"autocomplete": "name"}))


class _EmailField(forms.EmailField):
    def __init__(self) -> None:
        super().__init__(
            label=_("E-mail address"),
            required=False,
            max_length=254,
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        )


class PersonForm(forms.Form):
    """A person's own name, language and place."""

    name = _NameField(_("Your name"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
    village_code = forms.ChoiceField(label=_("Kelurahan"), required=False)
    rw = forms.IntegerField(label=_("RW"), required=False, min_value=1, max_value=LARGEST_RT)
    rt = forms.IntegerField(label=_("RT"), required=False, min_value=1, max_value=LARGEST_RT)
    address = forms.CharField(
        label=_("Street and number"),
        required=False,
        max_length=240,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )

    def __init__(self, user: User, profile: Profile, data: Any = None) -> None:
        told = {name: getattr(profile, name) for name in ("village_code", "rw", "rt", "address")}
        super().__init__(data, initial={"name": user.name, "language": user.language, **told})
        village: Any = self.fields["village_code"]
        village.choices = [("", _("not told yet")), *villages()]
        for name in ("rw", "rt"):
            self.fields[name].widget.attrs["inputmode"] = "numeric"


class InvitedForm(forms.Form):
    """A new person who follows an invitation. Without a proven address they tell one."""

    name = _NameField(_("Your name"))
    phone = PhoneField(required=False)
    email = _EmailField()
    password = NewPasswordField(label=_("Password"))

    def __init__(self, *, name: str, proven: bool, data: Any = None) -> None:
        super().__init__(data, initial={"name": name})
        if proven:
            del self.fields["phone"], self.fields["email"]


class InviteForm(forms.Form):
    """Whom an admin invites."""

    name = forms.CharField(label=_("Name"), max_length=MAX_NAME)
    role = forms.ChoiceField(
        label=_("Role"), choices=[(role.value, role.label) for role in OFFICES], widget=forms.RadioSelect
    )
    phone = PhoneField(required=False)
    email = _EmailField()


class RoleForm(forms.Form):
    """A role that an admin gives or takes."""

    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, role.label) for role in OFFICES])


class PasskeyField(forms.CharField):
    """What a device answered, put here by the script. Empty where nobody asked one."""

    def __init__(self) -> None:
        super().__init__(max_length=8_000, required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))


class PasskeyForm(forms.Form):
    """A new passkey; the password goes to the question before."""

    name = forms.CharField(label=_("Name of this device"), max_length=60, required=False)
    password = present_password()
    passkey = PasskeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].required = False
