"""What may stand for an order in an address."""

from __future__ import annotations


class OrderNumber:
    """Six letters and digits; small ones are read as capitals, as people type them."""

    regex = "[0-9A-Za-z]{6}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value
