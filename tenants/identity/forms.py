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
        cache.add(key, 0, PATIENCE_SECONDS)
        if int(cache.get(key) or 0) >= MAX_FAILURES:
            raise forms.ValidationError(_("Too many attempts. Wait ten minutes, then try again."))
        found = authenticate(self.request, email=data["email"], password=data["password"])
        if not isinstance(found, User):
            cache.incr(key)
            raise forms.ValidationError(_("The address and the password do not fit together."))
        cache.delete(key)
        self.user = found
        return data
