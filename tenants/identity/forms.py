"""The shape of what people type to sign up, to sign in and to prove an address."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.account.fields import SetPasswordField
from allauth.account.internal.flows.password_reset_by_code import PasswordResetVerificationProcess
from allauth.account.internal.flows.signup import prevent_enumeration
from allauth.core import ratelimit
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tenants.context import region_is_bound
from tenants.identity.addresses import holders_of_email, holders_of_phone, owner_of_email, owner_of_phone
from tenants.identity.models import User
from tenants.identity.phones import MAX_TYPED, PhoneRefused, clean_phone
from tenants.identity.resets import PhoneReset
from tenants.identity.services import open_account

MAX_NAME = 120
MAX_PASSWORD = 256
MAX_CODE = 20


class PhoneField(forms.CharField):
    """A mobile number as people write it; its value is E.164."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Mobile number"))
        kwargs.setdefault("max_length", MAX_TYPED)
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        try:
            return clean_phone(typed) if typed else ""
        except PhoneRefused as refused:
            raise ValidationError(refused.message, code=refused.code) from refused


def present_password() -> forms.CharField:
    """The password that a person has."""
    return forms.CharField(
        label=gettext_lazy("Password"),
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewPasswordField(SetPasswordField):
    """A password that is yet to be set; typed once, since the page can show it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("New password"))
        kwargs.setdefault("max_length", MAX_PASSWORD)
        kwargs.setdefault("help_text", gettext_lazy("At least 8 characters, and not one that everybody uses."))
        super().__init__(**kwargs)
        self.widget.attrs.pop("placeholder", None)


class AddressField(forms.CharField):
    """A phone number or an e-mail address in one field; its value is E.164, or an address in small letters."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Phone number or e-mail address"))
        kwargs.setdefault("max_length", 254)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        if "@" in typed:
            validate_email(typed)
            return typed.lower()
        try:
            return clean_phone(typed)
        except PhoneRefused as refused:
            raise ValidationError(
                _("This is neither a phone number like 0812 3456 7890 nor an e-mail address.")
            ) from refused


class SignInForm(allauth.LoginForm):
    """A number or address, and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = AddressField()
        if not region_is_bound():
            self.fields["login"].label = gettext_lazy("E-mail address")
        self.fields["password"] = present_password()
        self.order_fields(["login", "password"])

    def clean(self) -> dict[str, Any]:
        try:
            super().clean()
        except ValidationError as wrong:
            self.add_error("password", wrong)
        data: dict[str, Any] = self.cleaned_data
        return data


class SignUpForm(allauth.SignupForm):
    """A name, a password, and a number or an address, of which one is proven next."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=MAX_NAME, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ["name", "phone", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"] = PhoneField(required=False)
        self.fields["email"] = forms.EmailField(
            label=gettext_lazy("E-mail address"),
            required=False,
            max_length=254,
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        )
        self.fields["password1"] = NewPasswordField(label=gettext_lazy("Password"))
        self.order_fields(self.field_order)

    def validate_unique_email(self, value: str) -> str:
        # What is typed here keeps nobody from the address, so it may be typed again; see clean().
        return value

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        phone, email = data.get("phone"), data.get("email")
        if not phone and not email and not {"phone", "email"} & self.errors.keys():
            self.add_error("phone", _("Write a phone number or an e-mail address: you sign in with it."))
        # Only what is to be proven next can belong to somebody: the number where there is one.
        owner = owner_of_phone(phone) if phone else owner_of_email(email) if email else None
        self.account_already_exists = owner is not None
        return data

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """The new person; or, where the address has an account, the page that a new person would see."""
        data = self.cleaned_data
        if not self.account_already_exists:
            return self.save(request), None
        # The same work as for a new account, so that the time tells nothing.
        User().set_password(data["password1"])
        phone = data["phone"] or None
        return None, prevent_enumeration(request, phone=phone, email=None if phone else data["email"])

    def save(self, request: HttpRequest) -> User:
        data = self.cleaned_data
        return open_account(
            name=data["name"],
            password=data["password1"],
            language=get_language() or "id",
            email=data["email"],
            phone=data["phone"],
        )


class ForgottenPasswordForm(forms.Form):
    """Where the code for a new password goes."""

    login = AddressField()

    def save(self, request: HttpRequest) -> None:
        """A code is on its way, if somebody holds the address; the answer is the same if nobody does."""
        login = self.cleaned_data["login"]
        by_mail = "@" in login
        found = [user for user in (holders_of_email if by_mail else holders_of_phone)(login) if user.is_active]
        user = found[0] if found else None
        if by_mail:
            PasswordResetVerificationProcess.initiate(request=request, user=user, email=login)
        else:
            PhoneReset.start(request=request, user=user, phone=login)


class ChangePasswordForm(allauth.ChangePasswordForm):
    """The present password and the new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = present_password()
        self.fields["oldpassword"].label = gettext_lazy("Present password")
        del self.fields["password2"]
        self.fields["password1"] = _password_for(self.user)


class NewPasswordForm(allauth.ResetPasswordKeyForm):
    """The new password of somebody whose code was right."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        self.fields["password1"] = _password_for(self.user)


def _password_for(user: Any) -> NewPasswordField:
    field = NewPasswordField()
    field.user = user
    return field


class CodeField(forms.CharField):
    """The code of a message."""

    def __init__(self) -> None:
        attrs = {"autocomplete": "one-time-code", "inputmode": "numeric"}
        super().__init__(label=gettext_lazy("Code"), max_length=MAX_CODE, widget=forms.TextInput(attrs=attrs))


class ResetCodeForm(allauth.ConfirmPasswordResetCodeForm):
    code = CodeField()


class PhoneCodeForm(allauth.VerifyPhoneForm):
    code = CodeField()


class EmailCodeForm(allauth.ConfirmEmailVerificationCodeForm):
    code = CodeField()

    def clean_code(self) -> str:
        # allauth would also give way to people who merely typed the same address.
        code: str = allauth.BaseConfirmCodeForm.clean_code(self)
        owner = owner_of_email(self.email)
        if owner is not None and owner != self.user:
            raise get_adapter().validation_error("email_taken")
        return code


class _OwnedForm(forms.Form):
    """A change of what a person signs in with: their password is asked again, for a phone may lie on the counter."""

    password = present_password()

    def __init__(self, request: HttpRequest, user: User, data: Any = None) -> None:
        self.request, self.user = request, user
        super().__init__(data)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not ratelimit.consume(self.request, action="reauthenticate", user=self.user):
            raise get_adapter().validation_error("too_many_login_attempts")
        if not self.user.check_password(password):
            raise get_adapter().validation_error("enter_current_password")
        return password


class ChangePhoneForm(_OwnedForm):
    phone = PhoneField(label=gettext_lazy("New phone number"))
    field_order = ["phone", "password"]

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone == self.user.phone and self.user.phone_verified:
            raise get_adapter().validation_error("same_as_current")
        return phone


class ChangeEmailForm(_OwnedForm):
    email = forms.EmailField(
        label=gettext_lazy("New e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    field_order = ["email", "password"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if email == self.user.email:
            raise get_adapter().validation_error("same_as_current")
        return email
