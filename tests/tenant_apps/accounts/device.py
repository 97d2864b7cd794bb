"""A device with a passkey, made of software: what a phone's secure chip and its browser do together."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

UP, UV, AT = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.UV, AuthenticatorData.FLAG.AT


@dataclass
class Device:
    """`verifies`: somebody unlocked it. `count` grows with each answer where the device counts."""

    host: str
    origin: str
    verifies: bool = True
    count: int = 0
    step: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    name: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def make(self, asked: dict[str, Any]) -> str:
        """Answers `navigator.credentials.create`."""
        client = self._client(CollectedClientData.TYPE.CREATE, asked)
        public: Any = ES256
        credential = AttestedCredentialData.create(
            b"\0" * 16, self.name, public.from_cryptography_key(self.key.public_key())
        )
        told = AuthenticatorData.create(sha256(self.host.encode()), self._flags() | AT, self.count, credential)
        made = AttestationObject.create("none", told, {})
        return self._told({"clientDataJSON": websafe_encode(client), "attestationObject": websafe_encode(bytes(made))})

    def agree(self, asked: dict[str, Any]) -> str:
        """Answers `navigator.credentials.get`."""
        self.count += self.step
        client = self._client(CollectedClientData.TYPE.GET, asked)
        told = AuthenticatorData.create(sha256(self.host.encode()), self._flags(), self.count)
        signed = self.key.sign(told + sha256(client), ec.ECDSA(hashes.SHA256()))
        return self._told(
            {
                "clientDataJSON": websafe_encode(client),
                "authenticatorData": websafe_encode(bytes(told)),
                "signature": websafe_encode(signed),
            }
        )

    def _flags(self) -> AuthenticatorData.FLAG:
        return UP | UV if self.verifies else UP

    def _client(self, kind: Any, asked: dict[str, Any]) -> bytes:
        return bytes(CollectedClientData.create(kind, challenge=websafe_decode(asked["challenge"]), origin=self.origin))

    def _told(self, response: dict[str, str]) -> str:
        name = websafe_encode(self.name)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
