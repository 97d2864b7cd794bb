"""Operators decide who may sell to regions."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from shared_apps.supplier_catalog.errors import ReasonMissing, Unconfirmed
from shared_apps.supplier_catalog.models import SupplierOrganisation, SupplierRole, SupplierState
from tenants.context import as_owner
from tenants.hosts import platform_url
from tenants.kernel.moves import move
from tenants.outbox.services import put_mail
from tenants.schemas.grants import make_supplier_role

LONGEST_REASON = 240


def verify(*, organisation: SupplierOrganisation, by: str) -> None:
    """Regions see its offers; a worker makes the role by which it reads its orders.

    States:  registered -> verified. Verifying again changes nothing.
    Raises:  Unconfirmed while nobody works for it; StaleDocument.
    Writes:  history row, outbox mail.
    """
    from shared_apps.supplier_catalog.tasks import make_role

    with transaction.atomic():
        if not organisation.members.filter(role=SupplierRole.ADMIN).exists():
            raise Unconfirmed(_("Nobody has confirmed the mail address yet, so there is nobody to work for it."))
        if move(organisation, "verify", by=by):
            _tell(organisation, "verify")
            make_role.on_commit(organisation.pk)


def refuse(*, organisation: SupplierOrganisation, by: str, reason: str) -> None:
    """It may not sell; its people can read why, and its NIB is free again.

    States:  registered -> refused.
    Raises:  ReasonMissing, StaleDocument.
    Writes:  history row, outbox mail.
    """
    _decide(organisation, "refuse", by, reason)


def suspend(*, organisation: SupplierOrganisation, by: str, reason: str) -> None:
    """Regions see no offer of it any more; orders that were made go on.

    States:  verified -> suspended.
    Raises:  ReasonMissing, StaleDocument.
    Writes:  history row, outbox mail.
    """
    _decide(organisation, "suspend", by, reason)


def restore(*, organisation: SupplierOrganisation, by: str) -> None:
    """It may sell again. States: suspended -> verified. Writes: history row, outbox mail."""
    with transaction.atomic():
        if move(organisation, "restore", by=by):
            _tell(organisation, "restore")


def make_role_of(organisation_id: int) -> bool:
    """A supplier that was verified has its role in the database. False if it had it, or was not verified.

    Called on the platform, outside a transaction, by a process that may become owner.
    """
    rows = SupplierOrganisation.objects.filter(
        pk=organisation_id, state__in=[SupplierState.VERIFIED, SupplierState.SUSPENDED]
    )
    role = rows.values_list("db_role", flat=True).first()
    if role is None:
        return False
    with as_owner():
        return make_supplier_role(role)


def without_role() -> list[int]:
    """Suppliers that were verified and whose role is missing, for a worker that was to make it was lost."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {SupplierOrganisation._meta.db_table} WHERE state IN ('verified', 'suspended')"
            " AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = db_role) ORDER BY id"
        )
        return [pk for (pk,) in cursor.fetchall()]


def _decide(organisation: SupplierOrganisation, name: str, by: str, reason: str) -> None:
    told = " ".join(reason.split())[:LONGEST_REASON]
    if not told:
        raise ReasonMissing(_("Say why, so that the supplier knows what to do."))
    with transaction.atomic():
        if move(organisation, name, by=by, reason=told):
            _tell(organisation, name, told)


def _tell(organisation: SupplierOrganisation, decision: str, reason: str = "") -> None:
    """Each administrator is told, in their language; before there is one, whoever registered."""
    admins = organisation.members.filter(role=SupplierRole.ADMIN).exclude(user__email="").select_related("user")
    readers = {one.user.email: one.user.language for one in admins} or {organisation.email: translation.get_language()}
    step = organisation.history.count()
    for address, language in readers.items():
        with translation.override(language):
            subject, body = _letter(organisation, decision, reason)
            put_mail(
                to=address,
                subject=" ".join(subject.split()),
                body=body,
                dedupe=f"supplier_catalog.{decision}:{organisation.public_id}:{step}:{address}",
            )


def _letter(organisation: SupplierOrganisation, decision: str, reason: str) -> tuple[str, str]:
    facts = {"name": organisation.name, "reason": reason, "link": platform_url("/pemasok/")}
    if decision == "verify":
        return _("%(name)s is verified") % facts, _(
            "Regions see your offers from now on, and their orders come to your portal:\n\n%(link)s"
        ) % facts
    if decision == "refuse":
        return _("About the registration of %(name)s") % facts, _(
            "Your registration as a supplier was refused:\n\n%(reason)s\n\nOnce that is set right you may register again."
        ) % facts
    if decision == "suspend":
        return _("Selling of %(name)s is suspended") % facts, _(
            "Regions no longer see your offers:\n\n%(reason)s\n\nOrders that were made go on. Your portal:\n\n%(link)s"
        ) % facts
    return _("%(name)s may sell again") % facts, _("Regions see your offers again. Your portal:\n\n%(link)s") % facts
