"""Who is asking: a program with a person's key, or a page of the same site with the person's session."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from tenant_apps.api.models import ApiToken
from tenant_apps.api.tokens import token_of_text
from tenants.identity.models import User


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer warsa_…`."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        token = token_of_text(text.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            raise AuthenticationFailed(
                _("This key is not known here, or it has ended. Make a new one in your account.")
            )
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SameSiteSession(SessionAuthentication):
    """The session of the site's own pages; requests that change something carry the CSRF token."""


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "tenant_apps.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A key for programs, made at /akun/akses-api/ of the region.",
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "tenant_apps.api.authentication.SameSiteSession"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        from django.conf import settings

        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
