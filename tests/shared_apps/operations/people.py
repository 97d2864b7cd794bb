"""Operators and the browsers that they use, the second factor shown. Called on the platform."""

from __future__ import annotations

from django.conf import settings
from django.test import Client

from shared_apps.operations.models import OperatorGrant, OperatorRole
from shared_apps.operations.second_factor import note_shown
from tenants.identity.models import User


def operator(
    name: str = "Sri Wahyuni", email: str = "sri@example.test", role: OperatorRole = OperatorRole.OWNER
) -> User:
    """Somebody who operates the platform; signs in by the password "rahasia-pusat-9"."""
    user = User.objects.create_user(password="rahasia-pusat-9", email=email, name=name)
    OperatorGrant.objects.create(user=user, role=role)
    return user


def show_second_factor(client: Client) -> Client:
    """As if this signed-in operator had shown the second factor just now."""
    session = client.session
    note_shown(session)
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    return client


def operator_browser(user: User | None = None) -> Client:
    """A client of the platform's site at which this operator is signed in; a new one where none is named."""
    client = Client(headers={"host": "localhost"})
    client.defaults["wsgi.url_scheme"] = "https"
    client.force_login(user or operator())
    return show_second_factor(client)
