"""Forms that keep a region's state in shared objects, or sign without it, stand nowhere in our code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("platform", "tenants", "shared_apps", "tenant_apps")
# name -> the only files that may use it
BANNED = {
    "schema_context": set[str](),
    "tenant_context": set[str](),
    "activate": set[str](),
    "set_tenant": {"tenants/backend/base.py", "tenants/context.py", "tenants/schemas/release.py"},
    "set_schema": set[str](),
    "set_schema_to_public": set[str](),
    "Signer": set[str](),
    "TimestampSigner": set[str](),
    "set_signed_cookie": set[str](),
    "using": set[str](),
}
SIGNING = {"tenants/signing.py"}


def faults(name: str, code: str) -> Iterator[str]:
    """What in this file is banned, a line each."""
    for node in ast.walk(ast.parse(code)):
        used = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else None
        if isinstance(node, ast.Attribute | ast.Name) and used in BANNED and name not in BANNED[used]:
            yield f"{name}:{node.lineno}: {used}"
        if isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names}
            signing = node.module == "django.core.signing" or (node.module == "django.core" and "signing" in names)
            if signing and name not in SIGNING:
                yield f"{name}:{node.lineno}: django.core.signing"
            if names & BANNED.keys():
                yield f"{name}:{node.lineno}: imports {sorted(names & BANNED.keys())}"


def test_our_code_holds_none_of_them() -> None:
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    assert len(files) > 80
    found = [fault for path in files for fault in faults(str(path.relative_to(ROOT)), path.read_text())]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "from django_tenants.utils import schema_context",
        "@schema_context('t_x')\ndef work(): ...",
        "region.activate()",
        "connection.set_schema('t_x')",
        "from django.core import signing",
        "from django.core.signing import TimestampSigner",
        "User.objects.using('default').get()",
        "response.set_signed_cookie('a', 'b')",
    ],
)
def test_each_of_them_is_found(code: str) -> None:
    assert list(faults("tenant_apps/orders/services.py", code)) != []
