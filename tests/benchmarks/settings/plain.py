"""The same apps and models in plain Django: every table in public, and no tenancy at all."""

from tests.benchmarks.settings.common import *  # noqa: F403
from tests.benchmarks.settings.common import CACHES, DATABASES, INSTALLED_APPS, QUIET, SILENCED, WITHOUT_OURS

DATABASES = {alias: {**entry, "ENGINE": "django.db.backends.postgresql"} for alias, entry in DATABASES.items()}
DATABASE_ROUTERS = list[str]()
INSTALLED_APPS = [QUIET.get(app, app) for app in INSTALLED_APPS if app != "django_tenants"]
MIDDLEWARE = WITHOUT_OURS
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CACHES = {
    alias: {**{key: value for key, value in entry.items() if key != "KEY_FUNCTION"}, "KEY_PREFIX": "plain"}
    for alias, entry in CACHES.items()
}
SILENCED_SYSTEM_CHECKS = SILENCED
