"""Keys for personal data: one per secret, purpose and region, so that what one region sealed opens in no other."""

from __future__ import annotations

import hmac
from functools import lru_cache

from django.conf import settings

from tenants.context import current_region, region_is_bound


def keys_of(purpose: str) -> list[bytes]:
    """32 bytes for each secret, today's first, then those that are being replaced; for the bound region or the platform.

    Source:  settings.PERSONAL_KEYS; without it, and after it, the secrets that the installation signs with.
    """
    where = str(current_region().public_id) if region_is_bound() else "platform"
    secrets = (*settings.PERSONAL_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [_derived(str(secret), f"{purpose}:{where}") for secret in secrets]


@lru_cache(maxsize=4096)
def _derived(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), purpose.encode(), "sha256")
