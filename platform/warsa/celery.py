"""The Celery application, and what beat asks for. Beat entries are platform tasks; they fan out to regions themselves."""

from __future__ import annotations

import logging
import logging.config
import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging, worker_init, worker_process_shutdown

from warsa import counting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warsa.settings")
counting.prepare()

app = Celery("warsa")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["tenants.schemas"])
app.conf.beat_schedule = {
    "outbox": {"task": "tenants.outbox.tasks.sweep_everywhere", "schedule": 20.0, "options": {"expires": 20}},
    "rescue-provisioning": {
        "task": "shared_apps.onboarding.tasks.rescue_provisioning",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "supplier-roles": {
        "task": "shared_apps.supplier_catalog.tasks.make_missing_roles",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "support": {"task": "shared_apps.support.tasks.expire_support", "schedule": 60.0, "options": {"expires": 60}},
    "alerts": {"task": "shared_apps.care.tasks.judge_alerts", "schedule": 60.0, "options": {"expires": 60}},
    # At 03.45 in Jakarta, after the comparison of the fleet.
    "drills": {"task": "shared_apps.care.tasks.drill_nightly", "schedule": crontab(hour="20", minute="45")},
    "go-on-drilling": {
        "task": "shared_apps.care.tasks.go_on_drilling",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    # At 02.15 in Jakarta: yesterday is whole then.
    "archives": {"task": "shared_apps.archives.tasks.archive_nightly", "schedule": crontab(hour="19", minute="15")},
    "go-on-archiving": {
        "task": "shared_apps.archives.tasks.go_on_archiving",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "canary": {
        "task": "shared_apps.canary.tasks.run_every_quarter",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 600},
    },
    "go-on-restoring": {
        "task": "shared_apps.archives.tasks.go_on_restoring",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "leak-probe": {
        "task": "shared_apps.leak_probe.tasks.probe_for_leaks",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "house-checks": {
        "task": "shared_apps.care.tasks.check_house_nightly",
        "schedule": crontab(hour="18", minute="30"),
    },
    "pool": {"task": "tenants.schemas.tasks.keep_pool", "schedule": 30.0, "options": {"expires": 30}},
    "region-counters": {
        "task": "shared_apps.operations.tasks.push_counters_everywhere",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "area-days": {
        "task": "shared_apps.operations.tasks.sum_up_areas",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "area-days-nightly": {
        "task": "shared_apps.operations.tasks.sum_up_areas_nightly",
        "schedule": crontab(hour="21", minute="0"),
    },
    "market-lists": {
        "task": "tenant_apps.fresh_buying.tasks.close_due_days_everywhere",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "price-lists": {
        "task": "tenant_apps.pricing.tasks.apply_price_lists_everywhere",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "supplier-steps": {
        "task": "shared_apps.exchange.tasks.tell_regions",
        "schedule": 20.0,
        "options": {"expires": 20},
    },
    "cycles": {
        "task": "tenant_apps.procurement.tasks.tend_cycles_everywhere",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "rescue-price-lists": {
        "task": "shared_apps.price_lists.tasks.rescue_price_lists",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "pull-price-lists": {
        "task": "shared_apps.price_lists.tasks.pull_price_lists",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "supplier-events": {
        "task": "shared_apps.exchange.tasks.apply_waiting_events",
        "schedule": 20.0,
        "options": {"expires": 20},
    },
    "payments": {
        "task": "tenant_apps.payments.tasks.tend_payments_everywhere",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "supplier-changes": {
        "task": "tenant_apps.suppliers.tasks.find_supplier_changes_in_turns",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "stripe-events": {
        "task": "shared_apps.billing.tasks.sweep_stripe_events",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "subscriptions": {
        "task": "shared_apps.billing.tasks.tend_subscriptions",
        "schedule": 900.0,
        "options": {"expires": 900},
    },
    # At 08.00 in Jakarta, when offices open.
    "remind-payers": {"task": "shared_apps.billing.tasks.remind_payers", "schedule": crontab(hour="1", minute="0")},
    "reconcile-stripe": {
        "task": "shared_apps.billing.tasks.reconcile_nightly",
        "schedule": crontab(hour="21", minute="0"),
    },
    "closings": {
        "task": "tenants.lifecycle.tasks.tend_closings",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "domains": {
        "task": "tenants.lifecycle.tasks.check_domains",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    # At 02.00 in Jakarta, when hardly anybody shops.
    "verify-fleet": {"task": "tenants.fleet.tasks.verify_nightly", "schedule": crontab(hour="19", minute="0")},
    # An hour after midnight in Jakarta, before the other nightly work.
    "prove-ledgers": {
        "task": "tenant_apps.ledger.tasks.prove_ledgers_nightly",
        "schedule": crontab(hour="18", minute="0"),
    },
    "forget-visitors": {
        "task": "tenant_apps.orders.tasks.forget_visitors_nightly",
        "schedule": crontab(hour="20", minute="0"),
    },
    "tend-personal-data": {
        "task": "tenant_apps.privacy.tasks.tend_everywhere",
        "schedule": crontab(hour="20", minute="30"),
    },
    "sweep-api-answers": {
        "task": "tenant_apps.api.tasks.sweep_answers_nightly",
        "schedule": crontab(hour="19", minute="30"),
    },
    "go-on-verifying": {
        "task": "tenants.fleet.tasks.go_on_verifying",
        "schedule": 900.0,
        "options": {"expires": 900},
    },
}


@setup_logging.connect(weak=False)
def log_as_we_do(**_: Any) -> None:
    """Celery writes as everything else does: with region and request, scrubbed."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@worker_process_shutdown.connect(weak=False)
def count_without_it(pid: int = 0, **_: Any) -> None:
    counting.ended(pid)


@worker_init.connect(weak=False)
def refuse_unsafe_database(**_: Any) -> None:
    """No worker starts with rights that it must not have, or behind a pooler that mixes regions."""
    from django.conf import settings

    from tenants.logins import refuse_strong_login
    from tenants.pooling import refuse_leaky_pooler

    try:
        refuse_strong_login(settings.DATABASES["default"], may_own=True)
        refuse_leaky_pooler(settings.DATABASES["default"])
    except Exception as refusal:
        # Celery logs what a signal's receiver raises and starts all the same.
        logging.getLogger(__name__).critical("%s", refusal)
        raise SystemExit(1) from refusal
    counting.serve()
