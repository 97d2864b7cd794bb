"""What a member who has an account learns, in their own language: inside the app, and of money that leaves also outside of it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from tenant_apps.bank_sampah.models import Deposit, Member, Withdrawal, WithdrawalState
from tenant_apps.notifications.services import notice
from tenants.identity.models import User
from tenants.kernel.money import rupiah_text
from tenants.kernel.units import quantity_text
from tenants.outbox.letters import letter
from tenants.outbox.services import put_all


def tell_of_slip(deposit: Deposit) -> None:
    """Something was saved, or taken back."""
    user = deposit.book.member.user
    if user is None:
        return
    with override(user.language):
        told = {
            "saved": rupiah_text(deposit.saved),
            "weight": quantity_text(deposit.grams, "g"),
            "unit": deposit.unit.name,
            "reason": deposit.reason,
        }
        if deposit.reversed_at is None:
            subject = _("%(saved)s saved: %(weight)s at %(unit)s.") % told
            body = ""
        else:
            subject = _("A slip of %(saved)s at %(unit)s was taken back.") % told
            body = _("The reason: %(reason)s") % told
        path = reverse("bank_sampah:own_slip", args=[deposit.number])
        put_all(
            [notice(user=user, subject=subject, body=body, path=path, dedupe=f"slip.{deposit.number}.{deposit.state}")]
        )


def tell_of_payout(withdrawal: Withdrawal, reason: str = "") -> None:
    """Savings were set aside, paid, or are in the book again: whoever did not ask for it learns of it at once."""
    user = withdrawal.book.member.user
    if user is None:
        return
    with override(user.language):
        told = {"amount": rupiah_text(withdrawal.amount), "number": withdrawal.number, "reason": reason}
        subject = {
            WithdrawalState.REQUESTED: _("A payout of %(amount)s was asked for."),
            WithdrawalState.PAID: _("A payout of %(amount)s was made."),
            WithdrawalState.REFUSED: _("Your payout of %(amount)s was refused; the money is in your book."),
            WithdrawalState.CANCELLED: _("Your payout of %(amount)s was cancelled; the money is in your book."),
            WithdrawalState.REVERSED: _("Goods for %(amount)s were brought back; the money is in your book."),
        }[WithdrawalState(withdrawal.state)]
        body = _("The reason: %(reason)s") % told if reason else _("If this was not you, tell the Satker at once.")
        path = reverse("bank_sampah:book", args=[withdrawal.book.public_id])
        _tell(user, subject % told, body, path, f"payout.{withdrawal.number}.{withdrawal.state}")


def tell_of_pin(member: Member, count: int) -> None:
    """The PIN is another one now."""
    user = member.user
    if user is None:
        return
    with override(user.language):
        subject, body = _("The PIN of your savings was changed."), _("If this was not you, tell the Satker at once.")
        _tell(user, subject, body, reverse("bank_sampah:books"), f"waste-pin.{member.number}.{count}")


def _tell(user: User, subject: str, body: str, path: str, dedupe: str) -> None:
    inside = notice(user=user, subject=subject, body=body, path=path, dedupe=dedupe)
    outside = letter(email=user.email, phone=user.proven_phone, subject=subject, body=body, path=path, dedupe=dedupe)
    put_all([inside, *outside])
