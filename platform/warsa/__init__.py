"""The WARSA project: settings, sites, commands."""

from warsa.celery import app as celery_app

__all__ = ["celery_app"]
