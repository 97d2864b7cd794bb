"""What the supplier portal and the operators read."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from shared_apps.regions.selectors import AreaHit, hits_of
from shared_apps.supplier_catalog.models import (
    Offer,
    SupplierEvent,
    SupplierInvitation,
    SupplierMember,
    SupplierOrganisation,
    SupplierState,
)
from tenants.identity.models import User
from tenants.kernel import clock


def memberships_of(user: User) -> QuerySet[SupplierMember]:
    """For whom this person works, with the suppliers."""
    return SupplierMember.objects.filter(user=user).select_related("organisation").order_by("organisation__name", "pk")


def last_reason(organisation: SupplierOrganisation) -> str:
    """Why it is in its present state, as the operator said; empty where nothing was said."""
    moves = organisation.history.filter(after=organisation.state).exclude(move="rename")
    return moves.order_by("-pk").values_list("reason", flat=True).first() or ""


def offers_in_force(organisation: SupplierOrganisation) -> QuerySet[Offer]:
    """Offers that hold today or from some later day on."""
    lasting = Q(valid_to=None) | Q(valid_to__gte=clock.today())
    return organisation.offers.filter(lasting, ended_at=None)


def areas_of(organisation: SupplierOrganisation) -> list[AreaHit]:
    """Where it delivers, with the areas around. Two queries."""
    return hits_of(organisation.areas.values_list("area_id", flat=True))


def members_of(organisation: SupplierOrganisation) -> QuerySet[SupplierMember]:
    return organisation.members.select_related("user")


def open_invitations(organisation: SupplierOrganisation) -> QuerySet[SupplierInvitation]:
    """Those that nobody accepted or withdrew, also such as have run out."""
    return organisation.invitations.filter(accepted_at=None, withdrawn_at=None)


# Beside the states: registered, but nobody has followed the mailed link.
UNCONFIRMED = "unconfirmed"
_SOMEBODY = Exists(SupplierMember.objects.filter(organisation=OuterRef("pk")))


def suppliers(*, text: str = "", state: str = "") -> QuerySet[SupplierOrganisation]:
    """Suppliers by name, NIB, mail address or phone, in a state or UNCONFIRMED; who waits longest first."""
    rows = SupplierOrganisation.objects.select_related("area").annotate(confirmed=_SOMEBODY)
    if state == UNCONFIRMED:
        rows = rows.filter(state=SupplierState.REGISTERED, confirmed=False)
    elif state == SupplierState.REGISTERED:
        rows = rows.filter(state=state, confirmed=True)
    elif state:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(
            Q(name__icontains=text) | Q(nib__startswith=text) | Q(email__icontains=text) | Q(phone__endswith=text)
        )
    return rows.order_by("registered_at" if state == SupplierState.REGISTERED else "name", "pk")


def suppliers_by_state() -> dict[str, int]:
    """How many there are in each state, with UNCONFIRMED apart. One query."""
    rows = SupplierOrganisation.objects.annotate(confirmed=_SOMEBODY).order_by().values_list("state", "confirmed")
    counts: dict[str, int] = {}
    for state, confirmed, number in rows.annotate(Count("pk")):
        name = UNCONFIRMED if state == SupplierState.REGISTERED and not confirmed else state
        counts[name] = counts.get(name, 0) + number
    return counts


def waiting_for_operator() -> int:
    """How many suppliers an operator has still to decide."""
    return suppliers(state=SupplierState.REGISTERED).count()


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One step of a supplier, and who took it, in words."""

    event: SupplierEvent
    who: str


def history_of(organisation: SupplierOrganisation) -> list[HistoryRow]:
    """Every step that it took, oldest first. Two queries."""
    events = list(organisation.history.all())
    ids = {event.by.partition(":")[2] for event in events}
    people = {f"user:{one.public_id}": str(one) for one in User.objects.filter(public_id__in=filter(_is_uuid, ids))}
    return [HistoryRow(event, people.get(event.by, "WARSA")) for event in events]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
