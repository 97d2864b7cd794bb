"""The Celery application, and what beat asks for. Beat entries are platform tasks; they fan out to regions themselves."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warsa.settings")

app = Celery("warsa")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "outbox": {"task": "tenants.outbox.tasks.sweep_everywhere", "schedule": 20.0, "options": {"expires": 20}},
    "rescue-provisioning": {
        "task": "shared_apps.onboarding.tasks.rescue_provisioning",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "region-counters": {
        "task": "shared_apps.operations.tasks.push_counters_everywhere",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
}
