import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warsa.settings")

application = get_wsgi_application()

from django.conf import settings  # noqa: E402

from tenants.logins import refuse_strong_login  # noqa: E402
from tenants.pooling import refuse_leaky_pooler  # noqa: E402

# Before the first request: no process serves with rights that it must not have, or through a pooler that mixes regions.
refuse_strong_login(settings.DATABASES["default"], may_own=False)
refuse_leaky_pooler(settings.DATABASES["default"])
