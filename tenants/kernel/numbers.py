"""Document numbers that people say to each other, and type into an address."""

from __future__ import annotations

import secrets
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Model

# No vowels, so that no number is a word; nothing that is taken for another (0 O, 1 I L, 5 S, 8 B, U V).
ALPHABET = "2346789CDFGHJKMNPQRTWXYZ"
LENGTH = 6

Numbered = TypeVar("Numbered", bound=Model)


def new_number() -> str:
    return "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


def save_numbered(document: Numbered) -> Numbered:
    """The document is written, with a `number` that no other of its kind has.

    Raises:  IntegrityError for any other reason why the database refuses it.
    """
    for _attempt in range(20):
        document.number = new_number()  # type: ignore[attr-defined]
        try:
            with transaction.atomic():
                document.save(force_insert=True)
                return document
        except IntegrityError as refused:
            if "number" not in str(refused):
                raise
    raise LookupError("no free number")


class DocumentNumber:
    """What may stand for a document in an address: small letters are read as capitals, as people type them."""

    regex = f"[0-9A-Za-z]{{{LENGTH}}}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value
