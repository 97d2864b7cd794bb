"""Who works for which supplier, and the doors that their roles open. On the platform site alone.

@supplier_only(SupplierRole.ORDERS)
@require_safe
def inbox(request: SupplierRequest) -> HttpResponse: ...   # request.supplier.organisation
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from shared_apps.supplier_catalog.models import SupplierMember, SupplierOrganisation, SupplierRole, SupplierState
from tenants.access import Audience, View, for_audience
from tenants.context import region_is_bound
from tenants.identity.models import User

SESSION_KEY = "supplier"
# With this name a form says whose it is, so that two open tabs cannot mix up two suppliers.
FIELD = "supplier"
# What an entry of the navigation names in `roles`: for whoever works there, and for those with a role.
ANY_ROLE = "supplier"


@dataclass(frozen=True)
class Supplier:
    """The supplier for which a person works in this request, and what they do there."""

    organisation: SupplierOrganisation
    role: SupplierRole
    user: User
    # How many they could choose from.
    choices: int

    @property
    def actor(self) -> str:
        """How history rows name this person."""
        return self.user.actor

    @property
    def is_admin(self) -> bool:
        return self.role == SupplierRole.ADMIN

    @property
    def is_refused(self) -> bool:
        return self.organisation.state == SupplierState.REFUSED

    def may(self, *roles: SupplierRole) -> bool:
        """Whether their role is one of these; without any, everybody's is. An administrator may everything."""
        return not roles or self.is_admin or self.role in roles


class SupplierRequest(HttpRequest):
    """A request of somebody who works for a supplier."""

    supplier: Supplier


def supplier_of(request: HttpRequest) -> Supplier | None:
    """The supplier for which the person works: the one that a sent form names, or that the session chose, or their first.

    None for those who work for none, and for a form of somebody else's. One query for each request.
    """
    if not hasattr(request, "supplier"):
        request.supplier = _found(request)  # type: ignore[attr-defined]
    found: Supplier | None = request.supplier  # type: ignore[attr-defined]
    return found


def choose_supplier(request: HttpRequest, organisation: SupplierOrganisation) -> None:
    """The person works for this supplier from now on, in this session."""
    request.session[SESSION_KEY] = str(organisation.public_id)


def supplier_only(*roles: SupplierRole) -> Callable[[View], View]:
    """Declare a view for people who work for a supplier, in one of these roles; for all others it is not there.

    Nor is it there for those whose supplier was refused.
    """

    def allows(request: HttpRequest) -> bool:
        supplier = supplier_of(request)
        return supplier is not None and not supplier.is_refused and supplier.may(*roles)

    return for_audience(Audience("suppliers: " + (", ".join(sorted(roles)) or "all"), allows))


def _works_somewhere(request: HttpRequest) -> bool:
    return supplier_of(request) is not None


# Pages that the people of a refused supplier see too.
members_only = for_audience(Audience("suppliers: also refused ones", _works_somewhere))


def for_role(role: SupplierRole) -> str:
    """The word by which an entry of the navigation is for this role, and for administrators."""
    return f"{ANY_ROLE}:{role.value}"


def words_for_navigation(request: HttpRequest) -> set[str]:
    """What the person is for the navigation of the portal."""
    supplier = supplier_of(request)
    if supplier is None:
        return set()
    if supplier.is_refused:
        return {ANY_ROLE}
    return {ANY_ROLE, *(for_role(role) for role in SupplierRole if supplier.may(role))}


def _found(request: HttpRequest) -> Supplier | None:
    user = request.user
    if region_is_bound() or not isinstance(user, User):
        return None
    rows = list(SupplierMember.objects.filter(user=user).select_related("organisation").order_by("joined_at", "pk"))
    if not rows:
        return None
    named = request.POST.get(FIELD) if request.method == "POST" else None
    if named:
        wanted = _uuid(named)
        rows = [row for row in rows if row.organisation.public_id == wanted]
        if not rows:
            return None
        return Supplier(rows[0].organisation, SupplierRole(rows[0].role), user, 1)
    chosen = request.session.get(SESSION_KEY)
    # Those that may trade come before those that were refused.
    row = min(
        rows,
        key=lambda one: (
            str(one.organisation.public_id) != chosen,
            one.organisation.state == SupplierState.REFUSED,
        ),
    )
    return Supplier(row.organisation, SupplierRole(row.role), user, len(rows))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
