"""What libpq is told of an encrypted connection."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

from psycopg import pq

from janua.tls import TLS

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


def tls_parameters(tls: TLS) -> dict[str, str]:
    """Return libpq's parameters for these choices."""
    authorities = (tls.ca or _system_authorities()) if tls.verify else _NO_FILE
    files = {"sslrootcert": authorities, "sslcert": tls.cert, "sslkey": tls.key}
    parameters = {name: os.fspath(path) for name, path in files.items() if path is not None}
    if tls.key_password is not None:
        parameters["sslpassword"] = tls.key_password
    return {"sslmode": _MODES[tls.verify], **parameters}


def _system_authorities() -> str:
    """
    Return the system's file of authorities, or libpq's word for its own idea of them.

    The OpenSSL inside psycopg's binary wheels looks for them in a folder that exists nowhere.
    """
    if pq.__impl__ != "binary":
        return "system"
    places = (os.environ.get("SSL_CERT_FILE"), ssl.get_default_verify_paths().cafile, *_BUNDLES)
    return next((place for place in places if place and Path(place).is_file()), "system")
