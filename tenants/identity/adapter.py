"""Where allauth meets the house: texts leave through the outbox, people and numbers are ours, limits name the person."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.httpkit import get_client_ip
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.forms import Field
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.context import current_region, region_is_bound
from tenants.identity.addresses import holders_of_email, owner_of_phone
from tenants.identity.errors import AddressTaken
from tenants.identity.models import User
from tenants.outbox.services import put_mail, put_sms

NO_FIT = gettext_lazy("The address or number and the password do not fit together.")
# The few of allauth's remarks that help somebody; it has more.
REMARKS: dict[str, str | Promise] = {
    "account/messages/password_changed.txt": gettext_lazy("Your new password is set."),
    "account/messages/phone_verified.txt": gettext_lazy("Your phone number is confirmed."),
    "account/messages/email_confirmed.txt": gettext_lazy("Your e-mail address is confirmed."),
    "account/messages/email_confirmation_failed.txt": gettext_lazy(
        "Somebody else has confirmed this e-mail address in the meantime."
    ),
}


class AccountAdapter(DefaultAccountAdapter):
    """Setting ACCOUNT_ADAPTER, for both kinds of site."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": NO_FIT,
        "phone_password_mismatch": NO_FIT,
        "username_password_mismatch": NO_FIT,
        "invalid_login": NO_FIT,
        "too_many_login_attempts": gettext_lazy("Too many attempts. Wait ten minutes, then try again."),
        "incorrect_code": gettext_lazy("This is not the code of our latest message."),
        "enter_current_password": gettext_lazy("This is not your present password."),
        "email_taken": gettext_lazy("Somebody else has confirmed this e-mail address."),
        "phone_taken": gettext_lazy("Somebody else has confirmed this phone number."),
        "same_as_current": gettext_lazy("This is the one that you have already."),
        "rate_limited": gettext_lazy("A code was sent just now. Wait a moment before asking for another."),
    }

    # Who may sign up, and what they show

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return region_is_bound()

    def get_login_stages(self) -> list[str]:
        # On the platform accounts are made by operators, with a proven address.
        if not region_is_bound():
            return []
        return ["tenants.identity.stages.ProvePhone", "tenants.identity.stages.ProveEmail"]

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        messages.error(request, _("This account is closed. Ask the admin of this market."))
        return HttpResponseRedirect(reverse("account_login"))

    def post_login(self, request: HttpRequest, user: User, **facts: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **facts)
        response.set_cookie("language", user.language, max_age=31_536_000, secure=True, httponly=True, samesite="Lax")
        return response

    # Where people go afterwards

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return _home_of_account()

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        return _home_of_account()

    def is_ajax(self, request: HttpRequest) -> bool:
        # Pages answer with pages; there is no second, JSON way in.
        return False

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: Any = None,
    ) -> None:
        text = message or REMARKS.get(message_template or "")
        if text:
            messages.add_message(request, level, str(text), extra_tags=extra_tags)

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        try:
            with transaction.atomic():
                return bool(super().confirm_email(request, email_address))
        except IntegrityError:
            messages.error(request, self.error_messages["email_taken"])
            return False

    # Limits

    def get_client_ip(self, request: HttpRequest) -> str:
        # A server behind a socket sees no address; limits then count by person alone.
        return get_client_ip(request) or "unknown"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # By person and place together: a guesser locks neither the others at that place, nor that person elsewhere.
        person = next((credentials[key] for key in ("email", "phone", "username") if credentials.get(key)), "")
        return f"{person.lower()}|{self.get_client_ip(request)}"

    # Phone numbers

    def phone_form_field(self, **kwargs: Any) -> Field:
        from tenants.identity.forms import PhoneField

        return PhoneField(**kwargs)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone, user.phone_verified = phone, verified
        try:
            with transaction.atomic():
                user.save(update_fields=["phone", "phone_verified"])
        except IntegrityError as taken:
            user.refresh_from_db()
            raise AddressTaken(self.error_messages["phone_taken"], field="phone") from taken

    def set_phone_verified(self, user: User, phone: str) -> None:
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        return owner_of_phone(phone)

    # What leaves the house

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        with translation.override(user.language):
            self._text(phone, _("%(code)s is your code for %(site)s. Tell it to nobody.") % self._facts(code))

    def send_reset_code_sms(self, user: User, phone: str, code: str) -> None:
        with translation.override(user.language):
            self._text(
                phone, _("%(code)s is your code for a new password at %(site)s. Tell it to nobody.") % self._facts(code)
            )

    def send_account_already_exists_sms(self, phone: str) -> None:
        self._text(
            phone,
            _("This number has an account at %(site)s already. Sign in, or choose “forgot password” there.")
            % self._facts(),
        )

    def send_account_already_exists_mail(self, email: str) -> None:
        self._mail(
            email,
            _("You have an account at %(site)s already") % self._facts(),
            _(
                "Somebody, perhaps you, wanted to open an account at %(site)s with this address. There is one already:"
                " sign in with it, or choose “forgot password” there.\n\nIf it was not you, ignore this mail."
            )
            % self._facts(),
        )

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        address = emailconfirmation.email_address
        facts = self._facts(emailconfirmation.key)
        with translation.override(address.user.language):
            self._mail(
                address.email,
                _("%(code)s is your code for %(site)s") % facts,
                _(
                    "Your code for %(site)s:\n\n%(code)s\n\nType it on the page that asked for it. Tell it to nobody."
                    " If you asked for no code, ignore this mail."
                )
                % facts,
            )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The one mail that allauth sends by the name of its template. Raises LookupError for any other."""
        if template_prefix != "account/email/password_reset_code":
            raise LookupError(f"nobody wrote the mail {template_prefix}")
        facts = self._facts(context["code"])
        # allauth asks for this only where somebody holds the address.
        with translation.override(holders_of_email(email)[0].language):
            self._mail(
                email,
                _("%(code)s is your code for a new password at %(site)s") % facts,
                _(
                    "Your code for a new password at %(site)s:\n\n%(code)s\n\nType it on the page that asked for it."
                    " Tell it to nobody. If you asked for no code, ignore this mail: your password stays as it is."
                )
                % facts,
            )

    def _facts(self, code: str = "") -> dict[str, str]:
        return {"code": code, "site": current_region().name if region_is_bound() else "WARSA"}

    def _text(self, phone: str, body: str) -> None:
        with transaction.atomic():
            put_sms(to=phone, body=body, dedupe=f"identity.sms:{uuid.uuid4()}")

    def _mail(self, to: str, subject: str, body: str) -> None:
        with transaction.atomic():
            put_mail(to=to, subject=subject, body=body, dedupe=f"identity.mail:{uuid.uuid4()}")


def _home_of_account() -> str:
    """The person's own page, where the site has one."""
    try:
        return reverse("account_home")
    except NoReverseMatch:
        return "/"
