"""Which servers and database to connect to, and how to name them without the password."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, get_args

import psycopg
from psycopg.conninfo import conninfo_to_dict

from janua.database.options import PoolOptions, TargetSessionAttrs
from janua.database.tls import tls_parameters
from janua.errors import ConfigError, ServerUnreachable
from janua.tls import TLS

VARIABLE = "JANUA_DATABASE_URL"

Field: TypeAlias = str | int | Sequence[str] | Sequence[int] | None

# A connection over which nothing comes back is given up after 30 s, not after the kernel's two hours.
_KEEPALIVE = {
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """libpq's parameters of a connection. Its text is the address alone: no user, no password."""

    parameters: Mapping[str, Any]

    def __str__(self) -> str:
        hosts = str(self.parameters.get("host") or self.parameters.get("hostaddr") or "localhost").split(",")
        ports = str(self.parameters.get("port") or "5432").split(",")
        ports = ports * len(hosts) if len(ports) == 1 else ports
        addresses = ",".join(f"{host or 'localhost'}:{port or '5432'}" for host, port in zip(hosts, ports, strict=True))
        return f"{addresses}/{self.parameters.get('dbname') or self.parameters.get('user') or ''}"

    def __repr__(self) -> str:
        return f"<Target {self}>"

    def unreachable(self, error: Exception) -> ServerUnreachable:
        """Return what is raised where connecting has failed with this error, with what is known about it."""
        reason = " ".join(str(error).split())
        if "certificate verify failed" in reason:
            # libpq knows why, and does not say.
            reason += (
                f" (the server's certificate is signed by an authority that is not in"
                f" {self.parameters.get('sslrootcert', 'the trusted ones')}, or has expired, or is not valid yet)"
            )
        return ServerUnreachable(f"cannot connect to PostgreSQL at {self}: {reason}")

    def with_settings(self, options: PoolOptions, *, pgbouncer: bool) -> Target:
        """
        Have every connection begin with these options' settings.

        Raises ConfigError for any under PgBouncer, which would hand them to other clients.
        """
        settings = options.session_settings()
        if not settings:
            return self
        if pgbouncer:
            raise ConfigError(
                f"PoolOptions.{next(iter(settings))} cannot be set on connections through PgBouncer, which clients"
                " share: use ALTER ROLE … SET, or transaction(settings=…) for one transaction"
            )
        asked = [f"-c {name}={milliseconds}" for name, milliseconds in settings.items()]
        before = self.parameters.get("options")
        return Target({**self.parameters, "options": " ".join([before, *asked] if before else asked)})


def find_target(
    url: str | None,
    fields: Mapping[str, Field],
    tls: TLS | None,
    application_name: str,
) -> Target:
    """
    Put together the parameters: the URL's, over them the fields that are given, over them those of TLS.

    Without URL and fields, the URL is that of the environment. Raises ConfigError where there
    is none or it cannot be read, and for what cannot be in it.
    """
    if tls is not None:
        tls.check_files()
    given = {name: _joined(value) for name, value in fields.items() if value is not None}
    if url is None and not given.keys() - {"password", "target_session_attrs"}:
        url = _url_from_environment()
    parameters = {
        "application_name": application_name,
        **_KEEPALIVE,
        **(_parse(url) if url is not None else {}),
        **given,
        **(tls_parameters(tls) if tls is not None else {}),
        "client_encoding": "UTF8",
    }
    _check_hosts(parameters)
    _check_session_attrs(parameters.get("target_session_attrs"))
    return Target(parameters)


def _joined(value: str | int | Sequence[str] | Sequence[int]) -> str | int:
    """Return several hosts or ports as libpq takes them."""
    return value if isinstance(value, str | int) else ",".join(map(str, value))


def _url_from_environment() -> str:
    url = os.environ.get(VARIABLE, "")
    if not url:
        raise ConfigError(
            f"{VARIABLE} is not set; set it to postgresql://user@host:5432/name,"
            " or give the database a URL or its host and dbname"
        )
    return url


def _parse(url: str) -> dict[str, Any]:
    try:
        return dict(conninfo_to_dict(url))
    except psycopg.ProgrammingError:
        # libpq's message quotes the part that it did not understand: that may be the password.
        raise ConfigError(
            "the database URL cannot be read; it must look like postgresql://user:password@host:5432/name,"
            " with special characters of the password percent-encoded"
        ) from None


def _check_hosts(parameters: Mapping[str, Any]) -> None:
    host = str(parameters.get("host") or parameters.get("hostaddr") or "")
    if "@" in host:
        # "user:p@ss@host" ends the password at the first @: the host would show the rest of it.
        raise ConfigError("the database URL's password contains an @; write it as %40")
    hosts, ports = host.split(","), str(parameters.get("port") or "").split(",")
    if len(ports) not in (1, len(hosts)):
        raise ConfigError(
            f"{len(hosts)} hosts and {len(ports)} ports are given; give one port for all hosts, or one for each"
        )
    for port in filter(None, ports):
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise ConfigError("the port of the database must be a number from 1 to 65535")


def _check_session_attrs(value: object) -> None:
    known = get_args(TargetSessionAttrs)
    if value is not None and value not in known:
        raise ConfigError(f"target_session_attrs must be one of {', '.join(known)}, not {value!r}")
