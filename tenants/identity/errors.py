"""What opening an account and proving an address may refuse."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class AddressTaken(DomainError):
    """Somebody else of this site has proven the same address. `context["field"]` is "email" or "phone"."""

    code = "address_taken"


class AddressMissing(DomainError):
    """A person needs an e-mail address or a phone number to sign in with."""

    code = "address_missing"
    status = 400
