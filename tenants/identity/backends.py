"""Signing in by e-mail address or phone number and password, among the people of the bound site only."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from tenants.identity.addresses import holders_of_email, holders_of_phone
from tenants.identity.models import User


class AddressBackend(AuthenticationBackend):
    """allauth's backend with our notion of who holds an address; a wrong address costs as much time as a wrong password."""

    def _authenticate_by_email(self, email: str, password: str) -> User | None:
        return self._first_with(password, holders_of_email(email))

    def _authenticate_by_phone(self, phone: str, password: str) -> User | None:
        return self._first_with(password, holders_of_phone(phone))

    def _first_with(self, password: str, people: list[User]) -> User | None:
        return next((user for user in people if self._check_password(user, password)), None)
