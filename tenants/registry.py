"""What lives where: the lists that the isolation rules are made of."""

from __future__ import annotations

import re
from functools import cache

from django.apps import apps
from django.conf import settings

PUBLIC = "public"

# What the database calls those who work in it; infra/database/roles.py makes them, docs/tenancy.md explains them.
OWNER_ROLE = "warsa_owner"
PLATFORM_ROLE = "warsa_platform"
NO_ROLE = "none"
# Each supplier's own role is named so.
SUPPLIER_ROLE = re.compile(r"s_[0-9a-f]{16}")

# Generated names only: never a person's text, never a name that PostgreSQL or public uses.
SCHEMA_NAME = re.compile(r"t_[a-z0-9]{4,40}")

# Tables that have one name in public and in every region. A test compares this with what migrations make.
TABLES_IN_BOTH = frozenset(
    {
        "account_emailaddress",
        "account_emailconfirmation",
        "audit_audithead",
        "audit_auditevent",
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "django_content_type",
        "django_migrations",
        "django_session",
        "identity_user",
        "outbox_outboxmessage",
    }
)

# Models of public that code working inside a region may reach. Everything else in public is out of bounds there.
PUBLIC_MODELS_FOR_REGIONS = frozenset(
    {
        # Their managers show a region its own rows only.
        "onboarding.CarveOut",
        "onboarding.CarveOutEvent",
        # Row-level security shows a region its own orders, and the offers that cover it.
        "exchange.Pool",
        "exchange.PooledLine",
        "exchange.PoolEvent",
        "exchange.PoolLine",
        "exchange.PoolMember",
        "exchange.PoolPledge",
        "exchange.Shipment",
        "exchange.ShipmentLine",
        "exchange.SupplierInvoice",
        "exchange.SupplierInvoiceLine",
        "exchange.SupplierOrder",
        "exchange.SupplierOrderEvent",
        "exchange.SupplierOrderLine",
        "regions.Area",
        # Row-level security shows a region the flags that are on in it, what is announced to it, and its own rows.
        "care.Announcement",
        "care.Dismissal",
        "care.Flag",
        "care.RestoreProof",
        "leak_probe.ProbeToken",
        # Row-level security and their managers show a region what concerns it.
        "support.SupportAccess",
        "support.SupportEvent",
        "supplier_catalog.Article",
        "supplier_catalog.ArticlePack",
        "supplier_catalog.ArticleVersion",
        "supplier_catalog.Offer",
        "supplier_catalog.OfferTier",
        "supplier_catalog.SupplierArea",
        "supplier_catalog.SupplierOrganisation",
        "tenants.Region",
        "tenants.Domain",
    }
)


@cache
def _labels(setting: str) -> frozenset[str]:
    names = set(getattr(settings, setting))
    return frozenset(c.label for c in apps.get_app_configs() if c.name in names)


def in_public(app_label: str) -> bool:
    """Whether the app has tables in public."""
    return app_label in _labels("SHARED_APPS")


def in_regions(app_label: str) -> bool:
    """Whether the app has tables in each region's schema."""
    return app_label in _labels("TENANT_APPS")
