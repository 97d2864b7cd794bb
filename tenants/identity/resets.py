"""A new password by a code in a short text: allauth's way by mail, with a phone number in place of the address."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_reset_by_code import PasswordResetVerificationProcess
from django.http import HttpRequest

from tenants.identity.models import User


class PhoneReset(PasswordResetVerificationProcess):
    """Kept in the session like allauth's own, so its pages go on with it."""

    def send(self) -> None:
        if self.user is None:
            return
        adapter: Any = get_adapter()
        self.state["code"] = adapter.generate_password_reset_code()
        adapter.send_reset_code_sms(self.user, self.state["phone"], self.state["code"])

    @classmethod
    def start(cls, *, request: HttpRequest, user: User | None, phone: str) -> PhoneReset:
        state = cls.initial_state(user, phone=phone)
        # allauth's pages read an address from every state; no person has the empty one.
        state["email"] = ""
        process = cls(request, state=state, user=user)
        process.send()
        process.persist()
        return process


def prove_number(process: PasswordResetVerificationProcess) -> None:
    """Whoever read the code has the phone in hand."""
    phone, user = process.state.get("phone"), process.user
    if phone and user is not None:
        get_adapter().set_phone_verified(user, phone)
