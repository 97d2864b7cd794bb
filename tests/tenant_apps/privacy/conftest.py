from __future__ import annotations

from tests.tenant_apps.bank_sampah.conftest import bank

__all__ = ["bank"]
