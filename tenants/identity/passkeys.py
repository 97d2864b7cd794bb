"""The talk with a device that a person unlocks (WebAuthn), for whoever keeps the devices: what to ask, and what an answer proves.

That a challenge was really asked, for this person and not used before, is the caller's to know.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tenants.identity.models import User

REQUIRED = UserVerificationRequirement.REQUIRED


class NoProof(Exception):
    """The answer of the device proves nothing: broken, of another site or device, or nobody unlocked it."""


@dataclass(frozen=True)
class Site:
    """Where passkeys are asked for. `host`: without port; a passkey of one host is none of another."""

    host: str
    origin: str
    name: str


@dataclass(frozen=True)
class Made:
    """A new passkey, as it is kept. `challenge`: what the device answered to."""

    challenge: str
    credential_id: str
    credential: bytes
    count: int


@dataclass(frozen=True)
class Unlocked:
    """Somebody unlocked the device that keeps this passkey, in answer to `challenge`."""

    challenge: str
    credential_id: str
    count: int


def site_of(request: HttpRequest, name: str = "WARSA") -> Site:
    """The site that answers this request."""
    host = request.get_host()
    return Site(host.partition(":")[0], f"{request.scheme}://{host}", name)


def question_for_new(*, user: User, site: Site, own: Sequence[bytes], challenge: bytes) -> dict[str, Any]:
    """What the browser is asked to make. `own`: those they have, which are not made twice."""
    options, _state_of_theirs = _server(site).register_begin(
        PublicKeyCredentialUserEntity(id=user.public_id.bytes, name=str(user), display_name=str(user)),
        credentials=[AttestedCredentialData(one) for one in own],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=REQUIRED,
        challenge=challenge,
    )
    return _as_json(dict(options))


def made_by(*, site: Site, answer: str) -> Made:
    """Raises:  NoProof."""
    try:
        response = RegistrationResponse.from_dict(json.loads(answer))
        challenge = response.response.client_data.challenge
        made = _server(site).register_complete(_state(challenge), response)
        credential = made.credential_data
        assert credential is not None
        return Made(
            websafe_encode(challenge), websafe_encode(credential.credential_id), bytes(credential), made.counter
        )
    except Exception as broken:
        raise NoProof from broken


def question(*, site: Site, own: Sequence[bytes], challenge: bytes) -> dict[str, Any]:
    """What the browser asks the device that keeps one of `own`."""
    options, _state_of_theirs = _server(site).authenticate_begin(
        [AttestedCredentialData(one) for one in own], user_verification=REQUIRED, challenge=challenge
    )
    return _as_json(dict(options))


def unlocked_by(*, site: Site, own: Sequence[bytes], answer: str) -> Unlocked:
    """Raises:  NoProof."""
    try:
        response = AuthenticationResponse.from_dict(json.loads(answer))
        challenge = response.response.client_data.challenge
        used = _server(site).authenticate_complete(
            _state(challenge), [AttestedCredentialData(one) for one in own], response
        )
        return Unlocked(
            websafe_encode(challenge),
            websafe_encode(used.credential_id),
            response.response.authenticator_data.counter,
        )
    except Exception as broken:
        raise NoProof from broken


def _server(site: Site) -> Fido2Server:
    return Fido2Server(PublicKeyCredentialRpEntity(id=site.host, name=site.name), verify_origin=site.origin.__eq__)


def _state(challenge: bytes) -> dict[str, Any]:
    """What the library compares the answer with."""
    return {"challenge": websafe_encode(challenge), "user_verification": REQUIRED}


def _as_json(options: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in options["publicKey"].items()}
