"""Encrypted connections, to PostgreSQL and to Redis alike: what is verified of the server, and what is shown to it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from janua.errors import ConfigError

File: TypeAlias = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class TLS:
    """
    An encrypted connection, with the server's certificate verified against its name.

    ``ca`` is the file of trusted authorities; without it the system's are taken. ``cert`` and ``key`` are
    the files with the client's own certificate and key, ``key_password`` that of an encrypted key.
    ``verify="ca"`` trusts any name that the authorities have signed, ``verify=False`` encrypts
    without knowing to whom (``ca`` is then not used). Unix sockets are never encrypted.

    Raises ValueError where the choices do not fit together.
    """

    verify: bool | Literal["ca"] = True
    ca: File | None = None
    cert: File | None = None
    key: File | None = None
    key_password: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.verify not in (True, "ca", False):
            raise ValueError(f'TLS: verify must be True, "ca" or False, not {self.verify!r}')
        if (self.cert is None) != (self.key is None):
            given, missing = ("key", "cert") if self.cert is None else ("cert", "key")
            raise ValueError(f"TLS: {given} is given without {missing}; a client's certificate needs both files")
        if self.key_password is not None and self.key is None:
            raise ValueError("TLS: key_password is given without key")

    def check_files(self) -> None:
        """Raise ConfigError for a file that cannot be read: libpq would go on without a client's certificate."""
        for name in ("ca", "cert", "key"):
            path = getattr(self, name)
            try:
                if path is not None:
                    Path(path).open("rb").close()
            except OSError as error:
                raise ConfigError(f"TLS: the {name} file {path} cannot be read: {error.strerror}") from None
