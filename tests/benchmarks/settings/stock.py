"""The same apps and models on django-tenants as it comes: its backend, router, middleware and commands."""

from tests.benchmarks.settings.common import *  # noqa: F403
from tests.benchmarks.settings.common import CACHES, DATABASES, INSTALLED_APPS, MIDDLEWARE, QUIET, SILENCED

DATABASES = {alias: {**entry, "ENGINE": "django_tenants.postgresql_backend"} for alias, entry in DATABASES.items()}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
INSTALLED_APPS = [QUIET.get(app, app) for app in INSTALLED_APPS]
OURS_FIRST = ("tenants.proxies.", "tenants.observing.", "tenants.middleware.SiteMiddleware")
MIDDLEWARE = [
    "django_tenants.middleware.main.TenantMainMiddleware",
    *[name for name in MIDDLEWARE if not name.startswith(OURS_FIRST)],
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CACHES = {
    alias: {**entry, "KEY_FUNCTION": "django_tenants.cache.make_key", "KEY_PREFIX": "stock"}
    for alias, entry in CACHES.items()
}
SILENCED_SYSTEM_CHECKS = SILENCED
# Stock's own setting for choosing who visits the schemas: here, only a sample of them.
GET_EXECUTOR_FUNCTION = "tests.benchmarks.sides.sampled.executor_for"
