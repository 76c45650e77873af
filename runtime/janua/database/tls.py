"""Encrypted connections: what is verified of the server, and what is shown to it."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from psycopg import pq

from janua.errors import ConfigError

File: TypeAlias = str | os.PathLike[str]

_MODES = {True: "verify-full", "ca": "verify-ca", False: "require"}
# Under "require", libpq verifies as soon as there is a file of authorities, that in the home folder included.
_NO_FILE = "/dev/null/none"
# Where systems keep their authorities in one file: Debian and Alpine, Red Hat, SUSE, macOS.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


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
        if self.verify not in _MODES:
            raise ValueError(f'TLS: verify must be True, "ca" or False, not {self.verify!r}')
        if (self.cert is None) != (self.key is None):
            given, missing = ("key", "cert") if self.cert is None else ("cert", "key")
            raise ValueError(f"TLS: {given} is given without {missing}; a client's certificate needs both files")
        if self.key_password is not None and self.key is None:
            raise ValueError("TLS: key_password is given without key")

    def parameters(self) -> dict[str, str]:
        """Return libpq's parameters for these choices."""
        authorities = (self.ca or _system_authorities()) if self.verify else _NO_FILE
        files = {"sslrootcert": authorities, "sslcert": self.cert, "sslkey": self.key}
        parameters = {name: os.fspath(path) for name, path in files.items() if path is not None}
        if self.key_password is not None:
            parameters["sslpassword"] = self.key_password
        return {"sslmode": _MODES[self.verify], **parameters}

    def check_files(self) -> None:
        """Raise ConfigError for a file that cannot be read: libpq would go on without a client's certificate."""
        for name in ("ca", "cert", "key"):
            path = getattr(self, name)
            try:
                if path is not None:
                    Path(path).open("rb").close()
            except OSError as error:
                raise ConfigError(f"TLS: the {name} file {path} cannot be read: {error.strerror}") from None


def _system_authorities() -> str:
    """
    Return the system's file of authorities, or libpq's word for its own idea of them.

    The OpenSSL inside psycopg's binary wheels looks for them in a folder that exists nowhere.
    """
    if pq.__impl__ != "binary":
        return "system"
    places = (os.environ.get("SSL_CERT_FILE"), ssl.get_default_verify_paths().cafile, *_BUNDLES)
    return next((place for place in places if place and Path(place).is_file()), "system")
