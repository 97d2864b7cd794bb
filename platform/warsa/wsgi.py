import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warsa.settings")

application = get_wsgi_application()

from django.conf import settings  # noqa: E402

from tenants.pooling import refuse_leaky_pooler  # noqa: E402

# Before the first request: no process serves through a pooler that mixes regions.
refuse_leaky_pooler(settings.DATABASES["default"])
