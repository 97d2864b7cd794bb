"""What an operator shows besides the password: a code of an authenticator app, an unlocked device, or a code on paper.

The session remembers it for SHOWN_FOR. Wrong codes lock the door of that operator for a while, counted in the database.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

import pyotp
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from fido2.utils import websafe_encode

from shared_apps.operations.errors import CodeRefused, DoorLocked, PasskeyNotTaken
from shared_apps.operations.locks import locked_grant
from shared_apps.operations.models import AuthenticatorApp, OperatorGrant, OperatorPasskey, RecoveryCode
from tenants.audit.services import record
from tenants.identity import passkeys
from tenants.identity.passkeys import Site
from tenants.kernel import clock

SHOWN_FOR = timedelta(hours=12)
ISSUER = "WARSA"
STEP_SECONDS = 30
MOST_WRONG = 5
LOCKED_FOR = timedelta(minutes=10)
RECOVERY_CODES = 10
MOST_PASSKEYS = 10
_KEY = "second_factor"
_CHALLENGE = "second_factor_challenge"


def is_fresh(session: Any) -> bool:
    """Whether the second factor was shown in this session, not too long ago."""
    shown = session.get(_KEY)
    return isinstance(shown, int) and 0 <= clock.now().timestamp() - shown < SHOWN_FOR.total_seconds()


def note_shown(session: Any) -> None:
    """From now on this session is an operator's. It gets a new key, so that one known before is worth nothing."""
    session.cycle_key()
    session[_KEY] = int(clock.now().timestamp())


def has_any(grant: OperatorGrant) -> bool:
    """Whether the operator has a second factor; a code on paper alone is none."""
    return AuthenticatorApp.objects.filter(grant=grant).exists() or grant.passkeys.exists()


def new_secret() -> str:
    """For an app that is being added; nothing is kept yet."""
    return pyotp.random_base32()


def provisioning_uri(grant: OperatorGrant, secret: str) -> str:
    """What the app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=grant.user.email, issuer_name=ISSUER)


def add_app(*, grant: OperatorGrant, secret: str, code: str) -> None:
    """The app that shows this code becomes the operator's, in place of an earlier one.

    Raises:  CodeRefused, DoorLocked.
    """
    with transaction.atomic():
        row = locked_grant(grant)
        _must_be_open(row)
        step = _step_of(secret, code, after=0)
        if step is not None:
            AuthenticatorApp.objects.update_or_create(
                grant=row, defaults={"secret": secret, "last_step": step, "added_at": clock.now()}
            )
            record("operator.app_added", by=row.user.actor, target=f"user:{row.user.public_id}")
            return
        _count_wrong(row)
    raise _refused()


def show_code(*, grant: OperatorGrant, code: str) -> None:
    """The code of the app, or one on paper; either is taken once.

    Raises:  CodeRefused; DoorLocked after too many wrong ones.
    """
    typed = "".join(code.split()).replace("-", "").upper()
    with transaction.atomic():
        row = locked_grant(grant)
        _must_be_open(row)
        how = _taken(row, typed)
        if how:
            row.wrong_codes, row.locked_until = 0, None
            row.save(update_fields=["wrong_codes", "locked_until"])
            record("operator.signed_in", by=row.user.actor, target=f"user:{row.user.public_id}", details={"by": how})
            return
        _count_wrong(row)
    raise _refused()


def question_at_the_door(*, grant: OperatorGrant, site: Site, session: Any) -> dict[str, Any]:
    """What the browser asks the operator's device.

    Raises:  PasskeyNotTaken without a passkey.
    """
    own = [bytes(row.credential) for row in grant.passkeys.all()]
    if not own:
        raise _not_taken()
    return passkeys.question(site=site, own=own, challenge=_challenge(session))


def show_passkey(*, grant: OperatorGrant, site: Site, session: Any, answer: str) -> None:
    """The operator unlocked a device of theirs.

    Raises:  PasskeyNotTaken.
    """
    rows = list(grant.passkeys.all())
    try:
        used = passkeys.unlocked_by(site=site, own=[bytes(row.credential) for row in rows], answer=answer)
    except passkeys.NoProof as broken:
        raise _not_taken() from broken
    _use(session, used.challenge)
    row = next(one for one in rows if one.credential_id == used.credential_id)
    same = OperatorPasskey.objects.filter(pk=row.pk)
    # Most devices do not count. One that does never counts backwards: then there are two of it.
    same = same.filter(count=0) if used.count == 0 else same.filter(count__lt=used.count)
    with transaction.atomic():
        if not same.update(count=used.count, used_at=clock.now()):
            raise _not_taken()
        record(
            "operator.signed_in",
            by=grant.user.actor,
            target=f"user:{grant.user.public_id}",
            details={"by": "passkey", "passkey": row.pk},
        )


def question_for_new_passkey(*, grant: OperatorGrant, site: Site, session: Any) -> dict[str, Any]:
    """What the browser is asked to make.

    Raises:  PasskeyNotTaken when there are too many.
    """
    own = [bytes(row.credential) for row in grant.passkeys.all()]
    if len(own) >= MOST_PASSKEYS:
        raise PasskeyNotTaken(_("Delete a passkey that you no longer use first."))
    return passkeys.question_for_new(user=grant.user, site=site, own=own, challenge=_challenge(session))


def add_passkey(*, grant: OperatorGrant, site: Site, session: Any, name: str, answer: str) -> OperatorPasskey:
    """Raises:  PasskeyNotTaken."""
    try:
        made = passkeys.made_by(site=site, answer=answer)
    except passkeys.NoProof as broken:
        raise _not_taken() from broken
    _use(session, made.challenge)
    try:
        with transaction.atomic():
            row = OperatorPasskey.objects.create(
                grant=grant,
                name=name.strip()[:60] or _("My device"),
                credential_id=made.credential_id,
                credential=made.credential,
                count=made.count,
            )
            record(
                "operator.passkey_added",
                by=grant.user.actor,
                target=f"user:{grant.user.public_id}",
                details={"passkey": row.pk},
            )
    except IntegrityError as twice:
        raise _not_taken() from twice
    return row


def remove_passkey(*, grant: OperatorGrant, number: int) -> bool:
    """Whether there was one of theirs. The last factor stays: without it nobody could tell who comes.

    Raises:  PasskeyNotTaken for the last factor.
    """
    with transaction.atomic():
        row = locked_grant(grant)
        left = row.passkeys.exclude(pk=number).exists() or AuthenticatorApp.objects.filter(grant=row).exists()
        if not left:
            raise PasskeyNotTaken(_("This is your only second factor. Add another one first."))
        gone = bool(row.passkeys.filter(pk=number).delete()[0])
        if gone:
            record(
                "operator.passkey_removed",
                by=row.user.actor,
                target=f"user:{row.user.public_id}",
                details={"passkey": number},
            )
    return gone


def new_recovery_codes(*, grant: OperatorGrant) -> list[str]:
    """Ten codes for paper, shown this once; earlier ones open nothing any more."""
    codes = [secrets.token_hex(5).upper() for _one in range(RECOVERY_CODES)]
    with transaction.atomic():
        row = locked_grant(grant)
        row.recovery_codes.all().delete()
        RecoveryCode.objects.bulk_create(RecoveryCode(grant=row, digest=_digest(row, code)) for code in codes)
        record("operator.recovery_codes_made", by=row.user.actor, target=f"user:{row.user.public_id}")
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _taken(grant: OperatorGrant, typed: str) -> str:
    app = AuthenticatorApp.objects.filter(grant=grant).first()
    if app is not None and len(typed) == 6 and typed.isascii() and typed.isdigit():
        step = _step_of(app.secret, typed, after=app.last_step)
        if step is None:
            return ""
        app.last_step = step
        app.save(update_fields=["last_step"])
        return "app"
    paper = grant.recovery_codes.filter(digest=_digest(grant, typed), used_at=None)
    return "paper" if paper.update(used_at=clock.now()) else ""


def _step_of(secret: str, code: str, *, after: int) -> int | None:
    """The half minute that this code belongs to, one before or after now among them; None for a wrong or used one."""
    code = "".join(code.split())
    now = int(clock.now().timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in (now, now - 1, now + 1):
        if step > after and secrets.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            return step
    return None


def _digest(grant: OperatorGrant, code: str) -> str:
    # 40 random bits behind a lock after five wrong ones: a slow hash would add nothing.
    return hashlib.sha256(f"{grant.pk}:{code}".encode()).hexdigest()


def _must_be_open(grant: OperatorGrant) -> None:
    if grant.locked_until is not None and grant.locked_until > clock.now():
        raise DoorLocked(_("Too many wrong codes. Wait ten minutes, or ask another operator."))


def _count_wrong(grant: OperatorGrant) -> None:
    grant.wrong_codes += 1
    if grant.wrong_codes >= MOST_WRONG:
        grant.wrong_codes, grant.locked_until = 0, clock.now() + LOCKED_FOR
        record("operator.locked", by="system:door", target=f"user:{grant.user.public_id}")
    grant.save(update_fields=["wrong_codes", "locked_until"])


def _challenge(session: Any) -> bytes:
    fresh = secrets.token_bytes(32)
    session[_CHALLENGE] = websafe_encode(fresh)
    return fresh


def _use(session: Any, challenge: str) -> None:
    """Each question is answered once, in the session that asked it."""
    if not secrets.compare_digest(str(session.pop(_CHALLENGE, "")), challenge):
        raise _not_taken()


def _refused() -> CodeRefused:
    return CodeRefused(_("That code is not right, or was used already. Wait for the next one and type it."))


def _not_taken() -> PasskeyNotTaken:
    return PasskeyNotTaken(_("The device did not confirm it. Try again, or type a code."))
