"""Keys for programs: made, recognised, revoked.

A key reads `warsa_<region>_<prefix>_<secret>`. It lies in its region's schema and names its region, so that not even a copied
row would open another region's doors.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from tenant_apps.accounts.access import Member
from tenant_apps.api.errors import BadScopes, TooManyKeys
from tenant_apps.api.models import ApiToken
from tenant_apps.api.scopes import TOKO_ROLES, TOKO_SCOPES, Scope
from tenants.context import current_region
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.numbers import ALPHABET
from tenants.kernel.tokens import new_token, token_hash

MOST_KEYS = 20
LONGEST_DAYS = 366
# A busy program writes its row once in this time, not with each request.
NOTED_EACH = timedelta(minutes=1)

_TEXT = re.compile(rf"warsa_([0-9a-f]{{12}})_([{ALPHABET}]{{8}})_([A-Za-z0-9_-]{{43}})")


@dataclass(frozen=True)
class Made:
    """A new key, and its text, which is known only now."""

    token: ApiToken
    text: str


def make_token(*, member: Member, name: str, scopes: Collection[Scope], days: int) -> Made:
    """A program may act for this person for so many days.

    Raises:  BadScopes for none, or for scopes of a warung without its role; TooManyKeys.
    """
    wanted = sorted(set(scopes))
    if not wanted:
        raise BadScopes(_("Choose at least one thing that the key may do."))
    if set(wanted) & TOKO_SCOPES and not member.roles & TOKO_ROLES:
        raise BadScopes(_("Only people of a warung can give a key to its counter."))
    now = clock.now()
    if tokens_of(member.user).filter(revoked_at=None, expires_at__gt=now).count() >= MOST_KEYS:
        raise TooManyKeys(_("You have %(most)s keys. Revoke one that you no longer use.") % {"most": MOST_KEYS})
    prefix = "".join(secrets.choice(ALPHABET) for _place in range(8))
    text = f"warsa_{_region_part()}_{prefix}_{new_token()}"
    token = ApiToken.objects.create(
        user=member.user,
        name=name.strip(),
        scopes=[str(scope) for scope in wanted],
        prefix=prefix,
        token_hash=token_hash(text),
        expires_at=now + timedelta(days=min(max(days, 1), LONGEST_DAYS)),
    )
    return Made(token, text)


def token_of_text(text: str) -> ApiToken | None:
    """The key that opens something now, with its person; None for any other text. Notes the use, at most once a minute."""
    parts = _TEXT.fullmatch(text)
    if parts is None or parts[1] != _region_part():
        return None
    now = clock.now()
    found = ApiToken.objects.select_related("user").filter(token_hash=token_hash(text)).first()
    if found is None or not found.is_good(now) or not found.user.is_active:
        return None
    if found.last_used_at is None or found.last_used_at <= now - NOTED_EACH:
        rows = ApiToken.objects.filter(Q(last_used_at=None) | Q(last_used_at__lte=now - NOTED_EACH), pk=found.pk)
        rows.update(last_used_at=now)
    return found


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """A person's keys, newest first."""
    return ApiToken.objects.filter(user=user).order_by("-pk")


def token_for(user: User, public_id: UUID) -> ApiToken:
    """The person's own key.

    Raises:  Http404 for another's, and for one that is not there.
    """
    found = tokens_of(user).filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such key of theirs")
    return found


def revoke_token(*, token: ApiToken) -> None:
    """The key opens nothing any more. Revoking twice changes nothing."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now())


def _region_part() -> str:
    return current_region().public_id.hex[:12]
