"""Settings by mode: WARSA_MODE=embedded (make run), test, or production."""

from warsa.settings import env

_mode = env.text("WARSA_MODE", "embedded")
if _mode == "embedded":
    from warsa.settings.embedded import *  # noqa: F403
elif _mode == "test":
    from warsa.settings.test import *  # noqa: F403
elif _mode == "production":
    from warsa.settings.production import *  # noqa: F403
else:
    from django.core.exceptions import ImproperlyConfigured

    raise ImproperlyConfigured(f"WARSA_MODE={_mode!r}: write embedded, test or production")
