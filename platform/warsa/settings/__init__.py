"""Settings by mode: WARSA_MODE=embedded (make run), test, or production."""

from warsa.settings import env

_mode = env.text("WARSA_MODE", "embedded")
if _mode == "embedded":
    from warsa.settings.embedded import *
elif _mode == "test":
    from warsa.settings.test import *
elif _mode == "production":
    from warsa.settings.production import *
else:
    from django.core.exceptions import ImproperlyConfigured

    raise ImproperlyConfigured(f"WARSA_MODE={_mode!r}: write embedded, test or production")
