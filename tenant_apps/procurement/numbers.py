"""Document numbers that people say to each other."""

from __future__ import annotations

import secrets
from typing import TypeVar

from django.db import IntegrityError, transaction

from tenant_apps.procurement.models import GoodsReceipt, RestockRequest

# No vowels, so that no number is a word; nothing that is taken for another (0 O, 1 I L, 5 S, 8 B, U V).
ALPHABET = "2346789CDFGHJKMNPQRTWXYZ"
LENGTH = 6

Numbered = TypeVar("Numbered", RestockRequest, GoodsReceipt)


def new_number() -> str:
    return "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


def save_numbered(document: Numbered) -> Numbered:
    """The document is written, under a number that no other has.

    Raises:  IntegrityError for any other reason why the database refuses it.
    """
    for _attempt in range(20):
        document.number = new_number()
        try:
            with transaction.atomic():
                document.save(force_insert=True)
                return document
        except IntegrityError as refused:
            if "number" not in str(refused):
                raise
    raise LookupError("no free number")
