from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.identity.models import User

# What somebody types to show that no finger slipped.
WORD = _("ERASE")


class CopyForm(forms.Form):
    """The person's password: nobody takes their data along from a phone that lay on a counter."""

    password = forms.CharField(
        label=_("Password of your account"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, user: User, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.user = user

    def clean_password(self) -> str:
        typed: str = self.cleaned_data["password"]
        if not self.user.check_password(typed):
            raise forms.ValidationError(_("That is not your password."))
        return typed


class EraseForm(CopyForm):
    """And a word, for it cannot be taken back."""

    word = forms.CharField(max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    field_order = ("word", "password")

    def __init__(self, user: User, *args: object, **kwargs: object) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["word"].label = _("Type %(word)s") % {"word": WORD}

    def clean_word(self) -> str:
        typed: str = self.cleaned_data["word"].strip()
        if typed.casefold() != str(WORD).casefold():
            raise forms.ValidationError(_("Type %(word)s, so that nothing is erased by mistake.") % {"word": WORD})
        return typed
