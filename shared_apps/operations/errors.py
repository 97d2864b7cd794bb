"""Refusals of central operations."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class CodeRefused(DomainError):
    """The second factor's code is wrong, or was used."""

    code = "code_refused"
    status = 400


class DoorLocked(DomainError):
    """Too many wrong codes: none is looked at for a while."""

    code = "door_locked"
    status = 429


class PasskeyNotTaken(DomainError):
    """The device's answer proves nothing, or the passkey cannot be added or removed."""

    code = "passkey_not_taken"
    status = 400


class LastOwner(DomainError):
    """Somebody must be left who can let others in."""

    code = "last_owner"
