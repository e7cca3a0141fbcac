"""An authenticator in software, as a phone or a security key is one: it makes ES256 key pairs and signs what a browser asks."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cbor import encode
from fido2.utils import websafe_decode, websafe_encode

_PRESENT, _VERIFIED, _ATTESTED = 1, 4, 64


@dataclass
class Authenticator:
    """`origin` and `host` are what the browser says and the key signs; `count` grows with every use, or stays 0."""

    origin: str
    host: str
    counts: bool = True
    verifies: bool = True
    count: int = 0
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes = b""

    def make(self, options: dict[str, Any], **lies: Any) -> str:
        """The answer to being asked for a new passkey."""
        asked = options["publicKey"]
        assert websafe_encode(self.credential_id) not in [one["id"] for one in asked.get("excludeCredentials", [])]
        self.handle = websafe_decode(asked["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = encode({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        credential = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + public
        data = self._data(_ATTESTED, lies) + credential
        attested = encode({"fmt": "none", "authData": data, "attStmt": {}})
        response = {"clientDataJSON": self._client("webauthn.create", asked, lies), "attestationObject": websafe_encode(lies.get("cbor", attested))}
        return self._answer(response)

    def use(self, options: dict[str, Any], **lies: Any) -> str:
        """The answer to being asked to sign."""
        asked = options["publicKey"]
        self.count += self.counts
        data, client = self._data(0, lies), self._client("webauthn.get", asked, lies)
        signed = data + hashlib.sha256(websafe_decode(client)).digest()
        signature = lies.get("key", self.key).sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._answer({
            "clientDataJSON": client, "authenticatorData": websafe_encode(data), "signature": websafe_encode(signature),
            "userHandle": websafe_encode(lies.get("handle", self.handle)),
        })

    def _data(self, more: int, lies: dict[str, Any]) -> bytes:
        flags = _PRESENT | (_VERIFIED if lies.get("verifies", self.verifies) else 0) | more
        return hashlib.sha256(lies.get("host", self.host).encode()).digest() + struct.pack(">BI", flags, lies.get("count", self.count))

    def _client(self, kind: str, asked: dict[str, Any], lies: dict[str, Any]) -> str:
        told = {
            "type": lies.get("type", kind), "challenge": lies.get("challenge", asked["challenge"]), "origin": lies.get("origin", self.origin),
            "crossOrigin": lies.get("framed", False),
        }
        return websafe_encode(json.dumps(told).encode())

    def _answer(self, response: dict[str, str]) -> str:
        name = websafe_encode(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}})
