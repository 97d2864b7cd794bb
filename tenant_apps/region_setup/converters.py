"""How a kelurahan stands in an address: by its official code."""

from __future__ import annotations


class VillageCode:
    regex = r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
