"""
How receivers of webhooks know that a call is ours: signatures as the Standard Webhooks specify them.

The signing key of a webhook is derived from the service's own key and a random seed. Only the seed is
in the database: a copy of it signs nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac


def signing_key(service_key: bytes, seed: bytes) -> bytes:
    """Return the key with which the calls of the webhook with this seed are signed."""
    return hmac.digest(service_key, seed, hashlib.sha256)


def written_key(key: bytes) -> str:
    """Return a signing key in the form in which receivers are given it."""
    return f"whsec_{base64.b64encode(key).decode()}"


def signature(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of the header ``webhook-signature`` for a call."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"
