"""
Keyset pagination: ``-- @page``. A page is the rows behind a cursor, which holds the keys of the last row seen.

A cursor is opaque: a version, what query it is of, a checksum and the keys as the server writes them as text. With
a ``cursor_secret`` the checksum is a signature (RFC 2104), and nobody else can make a cursor.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Generic, TypeAlias, TypeVar

import msgspec

from janua.dynamic import Text, Variants
from janua.errors import ConfigError, InvalidCursor, ParameterError
from janua.query import Query

T = TypeVar("T")

CURSOR = "after"
"""The option that chooses by the cursor, and its choice where there is none."""
START = "start"

_VERSION = b"\x01"
_FINGERPRINT = 6
_CHECKSUM = 16

Keys: TypeAlias = tuple[str | None, ...]
Keyed: TypeAlias = tuple[T, Keys]


# Without slots: with them, ``Page[int](…)`` fails on Python 3.11 (see Query).
@dataclass(frozen=True)
class Page(Generic[T]):
    """
    Some rows in their order, and the cursor of the page behind them.

    ``next`` is None where there were no more rows at that moment.
    """

    items: list[T]
    next: str | None


class Pages(Generic[T]):
    """
    A query that gives pages.

    ``keys`` say by what its rows are ordered; their texts are the last columns of the result. ``query``,
    ``options`` and ``parts`` are as for :class:`Variants`, with the cursor as the last option.
    """

    def __init__(
        self, query: Query[T], options: tuple[str, ...], parts: tuple[str | Text, ...], keys: tuple[str, ...]
    ) -> None:
        self.name = query.name
        self._count = len(keys)
        self._variants: Variants[Keyed[T]] = Variants(_keyed(query, len(keys)), options, parts)
        identity = msgspec.json.encode((query.name, keys))
        self._fingerprint = sha256(identity).digest()[:_FINGERPRINT]

    def covering(self) -> list[Query[Keyed[T]]]:
        """Return as few variants as it takes for every part to stand in one of them."""
        return self._variants.covering()

    def asked(
        self, given: tuple[bool, ...], params: tuple[object, ...], limit: int, after: str | None, secret: bytes | None
    ) -> tuple[Query[Keyed[T]], tuple[object, ...]]:
        """
        Return the statement for a page and its parameters; one row more than the page has tells whether there are more.

        Raises InvalidCursor, and ParameterError for a limit that is no positive number.
        """
        if not isinstance(limit, int) or limit < 1:
            raise ParameterError(f"{self.name}: limit must be at least 1")
        if after is None:
            return self._variants[*given, START], (*params, *(None,) * self._count, limit + 1)
        keys = self._read(after, secret)
        pattern = "".join("n" if key is None else "v" for key in keys)
        try:
            query = self._variants[*given, pattern]
        except ParameterError:
            raise self._invalid("is of an earlier version of the query") from None
        return query, (*params, *keys, limit + 1)

    def page(self, rows: list[Keyed[T]], limit: int, secret: bytes | None) -> Page[T]:
        """Make the page of the rows that were found."""
        items = [row for row, _ in rows[:limit]]
        return Page(items, self._cursor(rows[limit - 1][1], secret) if len(rows) > limit else None)

    def _cursor(self, keys: Keys, secret: bytes | None) -> str:
        body = self._fingerprint + msgspec.json.encode(keys)
        return b64encode(_VERSION + _checksum(body, secret) + body, b"-_").decode().rstrip("=")

    def _read(self, cursor: str, secret: bytes | None) -> Keys:
        data = _decoded(cursor)
        checksum, body = data[1 : 1 + _CHECKSUM], data[1 + _CHECKSUM :]
        if data[:1] != _VERSION or not hmac.compare_digest(checksum, _checksum(body, secret)):
            raise self._invalid("is damaged, or was signed with another secret")
        if body[:_FINGERPRINT] != self._fingerprint:
            raise self._invalid("is of another query, or of an earlier version of this one")
        keys = msgspec.json.decode(body[_FINGERPRINT:], type=Keys)
        if len(keys) != self._count:
            raise self._invalid("is of an earlier version of the query")
        return keys

    def _invalid(self, reason: str) -> InvalidCursor:
        return InvalidCursor(f"{self.name}: the cursor {reason}; begin with the first page")


def secret_bytes(secret: str | bytes | None) -> bytes | None:
    """Return a secret as bytes. Raises ConfigError for an empty one, which anybody could sign with."""
    if secret is not None and not secret:
        raise ConfigError("cursor_secret is empty: give a secret, or None for cursors that are not signed")
    return secret.encode() if isinstance(secret, str) else secret


def _keyed(query: Query[T], count: int) -> Query[Keyed[T]]:
    """The query with the keys of each row beside it."""
    row: Callable[..., T] | None = query.row

    def bare(*columns: Any) -> Keyed[T]:
        return columns[0], columns[1:]

    def built(*columns: Any) -> Keyed[T]:
        assert row is not None
        return row(*columns[:-count]), columns[-count:]

    return replace(query, row=bare if row is None else built)  # type: ignore[arg-type, return-value]


def _checksum(body: bytes, secret: bytes | None) -> bytes:
    digest = sha256(body).digest() if secret is None else hmac.digest(secret, body, "sha256")
    return digest[:_CHECKSUM]


def _decoded(cursor: str) -> bytes:
    """The bytes of a cursor; none where it is not written as cursors are."""
    try:
        data = b64decode(cursor.encode() + b"=" * (-len(cursor) % 4), b"-_", validate=True)
    except (binascii.Error, UnicodeError, AttributeError):
        return b""
    # the last character has bits that decoding drops
    return data if b64encode(data, b"-_").decode().rstrip("=") == cursor else b""
