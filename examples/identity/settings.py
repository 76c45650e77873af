"""What the service is told by its environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from janua import ConfigError

_KEY = "IDENTITY_WEBHOOK_KEY"
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Settings:
    """
    Where things are. The URLs are None where the runtime shall look into the environment itself.

    ``webhook_key`` is the service's own secret, from which every webhook's key is derived. ``passwords_per_minute``
    is how often an address may register or log in.
    """

    webhook_key: bytes = field(repr=False)
    database_url: str | None = field(default=None, repr=False)
    redis_url: str | None = field(default=None, repr=False)
    redis_prefix: str = "identity:"
    passwords_per_minute: int = 30
    mail_folder: Path = Path(".janua/mail")


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """
    Read IDENTITY_WEBHOOK_KEY, and where they are set IDENTITY_REDIS_PREFIX and IDENTITY_MAIL_FOLDER.

    JANUA_DATABASE_URL and JANUA_REDIS_URL are read by the runtime. Raises ConfigError, which never
    quotes a secret.
    """
    return Settings(
        webhook_key=_read_key(environment.get(_KEY, "")),
        redis_prefix=environment.get("IDENTITY_REDIS_PREFIX", "identity:"),
        mail_folder=Path(environment.get("IDENTITY_MAIL_FOLDER", ".janua/mail")),
    )


def _read_key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ConfigError(
            f"{_KEY} must be {_KEY_BYTES} bytes in hexadecimal digits, the same for API and worker;"
            " python3 -c 'import secrets; print(secrets.token_hex(32))' makes one"
        )
    return key
