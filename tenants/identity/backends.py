"""Signing in by e-mail address and password, among the people of the bound site only."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from tenants.identity.models import User


class EmailBackend(BaseBackend):
    """Finds the person in the bound schema; a wrong address costs as much time as a wrong password."""

    def authenticate(
        self, request: HttpRequest | None, email: str = "", password: str = "", **kwargs: Any
    ) -> User | None:
        user = User.objects.filter(email=email.strip().lower(), is_active=True).exclude(email="").first()
        if user is None:
            User().set_password(password)
            return None
        return user if user.check_password(password) else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()
