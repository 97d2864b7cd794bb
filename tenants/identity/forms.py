"""The sign-in form, with a brake for guessers."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.identity.models import User

MAX_FAILURES = 5
PATIENCE_SECONDS = 600


def attempt_number(key: str) -> int:
    """Which attempt this is since the count began, PATIENCE_SECONDS ago at most."""
    cache.add(key, 0, PATIENCE_SECONDS)
    try:
        return int(cache.incr(key))
    except ValueError:
        # It ended between the two calls: this one is the first of a new count.
        cache.set(key, 1, PATIENCE_SECONDS)
        return 1


class SignInForm(forms.Form):
    """E-mail address and password. Five failures for one address from one place close it there for ten minutes.

    Counted by address and place together: phones of a whole kecamatan share one network address.
    """

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=gettext_lazy("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.request = request
        self.user: User | None = None
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        place = f"{data['email'].lower()}|{self.request.META.get('REMOTE_ADDR', '')}"
        key = "sign-in:" + hashlib.sha256(place.encode()).hexdigest()
        # Counted before the password is looked at, or guesses sent at once would all be looked at.
        if attempt_number(key) > MAX_FAILURES:
            raise forms.ValidationError(_("Too many attempts. Wait ten minutes, then try again."))
        found = authenticate(self.request, email=data["email"], password=data["password"])
        if not isinstance(found, User):
            raise forms.ValidationError(_("The address and the password do not fit together."))
        cache.delete(key)
        self.user = found
        return data
