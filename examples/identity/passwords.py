"""Passwords, kept as scrypt (RFC 7914) with the parameters that OWASP's Password Storage Cheat Sheet names."""

from __future__ import annotations

import hashlib
import hmac
import secrets

_N, _R, _P = 2**14, 8, 5
_SALT_BYTES = 16


def hash_password(password: str) -> bytes:
    """
    Return what to store: the parameters, the salt and the key, so that the parameters may grow later.

    Takes a good part of a second of CPU and 16 MiB: in asynchronous code it belongs in a thread.
    """
    return _hash(password, _N, _R, _P, secrets.token_bytes(_SALT_BYTES))


def is_password(password: str, stored: bytes | None) -> bool:
    """
    Return whether this is the password that was stored, in as much time where nothing was.

    The time of the answer must not tell who has an account.
    """
    if stored is None:
        hash_password(password)
        return False
    _, n, r, p, salt, _ = stored.split(b"$")
    return hmac.compare_digest(stored, _hash(password, int(n), int(r), int(p), bytes.fromhex(salt.decode())))


def _hash(password: str, n: int, r: int, p: int, salt: bytes) -> bytes:
    key = hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=256 * n * r)
    return f"scrypt${n}${r}${p}${salt.hex()}${key.hex()}".encode()
