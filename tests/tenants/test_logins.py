"""No process starts with a login that the database's fences do not hold."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from infra.database import roles
from tenants.logins import refuse_strong_login


def entry(user: str, password: str | None = None) -> dict[str, Any]:
    here = connection.settings_dict
    return {**here, "USER": user, "PASSWORD": here["PASSWORD"] if password is None else password}


def test_the_web_and_the_worker_may_start(db: None) -> None:
    refuse_strong_login(entry(roles.WEB), may_own=False)
    refuse_strong_login(entry(roles.WORKER), may_own=True)


def test_the_web_may_not_start_as_somebody_who_becomes_the_owner(db: None) -> None:
    with pytest.raises(ImproperlyConfigured, match="Log in as warsa_web"):
        refuse_strong_login(entry(roles.WORKER), may_own=False)


@pytest.mark.parametrize("may_own", [True, False])
def test_nobody_starts_as_a_superuser(db: None, may_own: bool) -> None:
    admin = urlsplit(os.environ["WARSA_ADMIN_DATABASE_URL"])
    with pytest.raises(ImproperlyConfigured, match="no fence"):
        refuse_strong_login(entry(admin.username or "", admin.password), may_own=may_own)
