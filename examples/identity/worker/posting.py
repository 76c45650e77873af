"""One HTTPS request to a receiver, and what became of it."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException, HTTPSConnection
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """``error`` is None exactly where the receiver has taken the call; ``status`` where it did not answer."""

    status: int | None
    duration_ms: float
    error: str | None


def post(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
    """
    Send the body and return the answer, after ``timeout`` seconds of silence at the latest.

    The receiver's certificate is verified. A redirection is a failure: whoever registered the address has
    to know where the data goes. Never raises for anything that a receiver can do.
    """
    start = time.monotonic()
    try:
        status: int | None = _request(url, body, headers, timeout)
        error = None if status is not None and 200 <= status < 300 else f"the receiver answered {status}"
    except (OSError, HTTPException, ValueError) as failure:
        status, error = None, f"{type(failure).__name__}: {failure}"
    return Answer(status, (time.monotonic() - start) * 1000, error)


def _request(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> int:
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError("the URL has no host")
    target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    connection = HTTPSConnection(parts.hostname, parts.port, timeout=timeout, context=_trusted())
    try:
        connection.request("POST", target, body, dict(headers))
        return connection.getresponse().status
    finally:
        connection.close()


@cache
def _trusted() -> ssl.SSLContext:
    """The system's authorities, or those of SSL_CERT_FILE; reading them takes longer than a whole call."""
    return ssl.create_default_context()
