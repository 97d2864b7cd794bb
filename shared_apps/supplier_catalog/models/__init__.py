"""Suppliers and what they sell, common to all regions."""

from shared_apps.supplier_catalog.models.articles import Article, ArticlePack, ArticleVersion, Tax
from shared_apps.supplier_catalog.models.offers import Offer, OfferTier
from shared_apps.supplier_catalog.models.organisations import (
    SupplierArea,
    SupplierEvent,
    SupplierInvitation,
    SupplierMember,
    SupplierOrganisation,
    SupplierRole,
    SupplierState,
)

__all__ = [
    "Article",
    "ArticlePack",
    "ArticleVersion",
    "Offer",
    "OfferTier",
    "SupplierArea",
    "SupplierEvent",
    "SupplierInvitation",
    "SupplierMember",
    "SupplierOrganisation",
    "SupplierRole",
    "SupplierState",
    "Tax",
]
