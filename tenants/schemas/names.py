"""A schema's name as SQL text."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from tenants.registry import SCHEMA_NAME

# Stands in captured statements where the schema itself is named.
TOKEN = "@schema@"  # noqa: S105


def quoted(schema: str) -> str:
    """The one place where a schema name becomes SQL text; its role has the same name.

    Raises:  ImproperlyConfigured for a name that no region can have.
    """
    if not SCHEMA_NAME.fullmatch(schema):
        raise ImproperlyConfigured(f"not a region's schema: {schema!r}")
    return f'"{schema}"'


def filled(statement: str, schema: str) -> str:
    """A captured statement for this schema."""
    return statement.replace(TOKEN, quoted(schema)) if TOKEN in statement else statement
