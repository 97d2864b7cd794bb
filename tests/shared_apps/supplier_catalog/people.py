"""Who works for the suppliers that the tests know, and the browsers they use. Called on the platform.

Halim administers Sinar Musi, Nur keeps its catalogue, Oman its orders. Rini administers Rinjani Pangan. Sri is an operator.
"""

from __future__ import annotations

from django.test import Client

from shared_apps.operations.models import OperatorGrant, OperatorRole
from shared_apps.supplier_catalog.models import SupplierMember, SupplierOrganisation, SupplierRole
from tenants.identity.models import User
from tests.cast import PASSWORD
from tests.shared_apps.operations.people import show_second_factor


def account(name: str) -> User:
    """Somebody of the platform who signs in by <name>@example.test."""
    return User.objects.create_user(password=PASSWORD, name=name, email=f"{name.lower()}@example.test")


def member(organisation: SupplierOrganisation, name: str, role: SupplierRole = SupplierRole.ADMIN) -> User:
    user = User.objects.filter(email=f"{name.lower()}@example.test").first() or account(name)
    SupplierMember.objects.create(organisation=organisation, user=user, role=role)
    return user


def operator(name: str = "Sri") -> User:
    user = account(name)
    OperatorGrant.objects.create(user=user, role=OperatorRole.OPERATOR)
    return user


def platform_browser(user: User | None = None) -> Client:
    """A client of the platform site, signed in as this person; None for a visitor."""
    client = Client(headers={"host": "localhost"})
    client.defaults["wsgi.url_scheme"] = "https"
    if user is not None:
        client.force_login(user)
        show_second_factor(client)
    return client
