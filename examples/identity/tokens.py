"""Tokens: random texts that open something. The database has only their hashes, so that a copy of it opens nothing."""

from __future__ import annotations

import hashlib
import secrets

API_KEY_PREFIX_LENGTH = 8


def new_token() -> str:
    """Return a token with 256 bits of randomness, for a session or a link in a mail."""
    return secrets.token_urlsafe(32)


def new_api_key() -> tuple[str, str]:
    """Return an API key and its prefix, by which people tell keys apart without seeing them."""
    prefix = secrets.token_hex(API_KEY_PREFIX_LENGTH // 2)
    return f"{prefix}.{new_token()}", prefix


def token_hash(token: str) -> bytes:
    """Return what is stored of a token. A plain SHA-256 will do: unlike a password, it cannot be guessed."""
    return hashlib.sha256(token.encode()).digest()
