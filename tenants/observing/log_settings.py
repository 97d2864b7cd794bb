"""Setting LOGGING. Imports nothing, for settings are read before anything else."""

from __future__ import annotations

from typing import Any


def configuration(*, as_json: bool) -> dict[str, Any]:
    """Setting LOGGING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "tenants.observing.logs.Lines", "as_json": as_json}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["lines"], "level": "INFO"},
        "loggers": {
            # Django's own handlers would write the same again, past the scrubber.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "level": "INFO", "propagate": True},
            # Ours says the same of each task, with its region.
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "stripe": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
        },
    }
