"""An order as others read it: JSON, a table, paper."""

from shared_apps.exchange.documents.data import as_json

__all__ = ["as_json"]
