"""
Scratch databases: the migrated schema for the generator to ask about, and clones of it for tests.

They are made on the embedded server or on one that is named, next to whatever else is there: only
databases whose name has this module's pattern and this project's key are ever dropped. A database that
is being built, or was cloned, is protected by an advisory lock of the session that made it. Such a lock
ends with its session, so what a killed process leaves behind is recognised and dropped by the next one.
All advisory locks are taken in the database that the server's URL names: they are local to it.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from janua.errors import ConfigError, ServerUnreachable
from janua.migrations import Migration, build_schema

_VARIABLE = "JANUA_SCRATCH_URL"
# Part of every template's key: raised when the same migrations would give another database.
_FORMAT = "3"
_OLDEST_SERVER = 130000
_KEPT_TEMPLATES = 4
_KEPT_CLONES = 8
_CONNECT_TIMEOUT_S = 5
_POLL_S = 0.05
_IN_USE_TIMEOUT_S = 10.0
_PURPOSE = re.compile(r"[a-z][a-z0-9]{0,15}")
_URL = re.compile(r"(postgres(?:ql)?://[^/?]*)(?:/[^?]*)?(?:\?(.*))?", re.DOTALL)


@contextmanager
def open_scratch(
    project_root: Path, url: str | None = None, migrations: Sequence[Migration] = ()
) -> Iterator[ScratchServer]:
    """
    Open the server for scratch databases: ``url``, else ``JANUA_SCRATCH_URL``, else an embedded one.

    The embedded one has the extensions that ``migrations`` ask for; where it is not the usual one, a
    line on the standard error says so. At the end, the clones made through it are dropped; migrated
    templates stay for the next time. Raises ServerUnreachable within seconds, EmbeddedServerError,
    MigrationError where no server here has an extension, or ConfigError for a malformed URL.
    """
    given = url or os.environ.get(_VARIABLE)
    with ExitStack() as stack:
        if not given:
            # Here, because a project that names a server needs neither the wheels nor a Unix system.
            from janua.embedded import choice, postgres

            chosen = choice.choose_for(migrations)
            if chosen.reason:
                print(chosen.reason, file=sys.stderr)
            given = stack.enter_context(postgres.serve(project_root / ".janua", chosen.distribution)).url
        scratch = ScratchServer(given, project_root)
        stack.callback(scratch.close)
        yield scratch


class ScratchServer:
    """
    A server on which a project makes databases of its own.

    Threads that share it wait for each other, and each may only work on databases of its own.
    """

    def __init__(self, url: str, project_root: Path) -> None:
        """Connect. ``url`` names a database to work from, and a role that may create databases."""
        key = hashlib.sha256(os.fsencode(project_root.resolve())).hexdigest()[:8]
        self.prefix = f"janua_scratch_{key}_"
        self._url = url
        self._clones: set[str] = set()
        self._used: set[str] = set()
        self._has_swept = False
        self._admin = _connect(url)
        if self._admin.info.server_version < _OLDEST_SERVER:
            self._admin.close()
            raise ConfigError(f"{_shown(conninfo_to_dict(url))}: PostgreSQL 13 or newer is needed")

    def close(self) -> None:
        """Drop the clones that are left, and disconnect."""
        try:
            if not self._admin.closed:
                for name in list(self._clones):
                    self.drop(name)
        except psycopg.OperationalError:
            # The server went first. What is left is dropped by the next process.
            pass
        finally:
            self._admin.close()

    def url(self, dbname: str) -> str:
        """Return the URL of a database of this server."""
        return with_database(self._url, dbname)

    def migrated(self, migrations: Sequence[Migration], *, purpose: str, sealed: bool = False) -> str:
        """
        Return the name of a database that holds all UP sections of ``migrations``.

        It is made once for each set of file names and UP sections, server version and purpose; of several
        processes that want it, one makes it and the others wait. Older ones of the same purpose are
        dropped, but for a few. It may be connected to, and must not be changed; where it is cloned,
        nobody must be connected: to one that is ``sealed`` nobody can be. Raises MigrationError; a failed build
        leaves no database behind.
        """
        if not _PURPOSE.fullmatch(purpose):
            raise ValueError(f"purpose must be 1 to 16 lower-case letters and digits, not {purpose!r}")
        name = f"{self.prefix}{purpose}_{self._hash(migrations)}"
        if not self._use(name):
            self._build_once(name, migrations, sealed=sealed)
            self._drop_old(f"{self.prefix}{purpose}_")
        return name

    def clone(self, template: str) -> str:
        """Return the name of a new copy of a database, which is dropped by :meth:`drop` or at the end."""
        if not self._has_swept:
            self._has_swept = True
            self._sweep()
        name = self._new_name("clone")
        self._lock(name)
        self._copy(template, name)
        self._clones.add(name)
        return name

    def replace(self, name: str, template: str) -> None:
        """Make a clone anew from another template; its sessions are ended."""
        self._check_own(name)
        self._admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self._copy(template, name)

    def keep(self, name: str) -> str:
        """
        Have a clone stay after the end, as for somebody who wants to look at it, and return its new name.

        Its sessions are ended. Of those that were kept before, the oldest are dropped.
        """
        self._check_own(name)
        kept = self.kept_name(name)
        self._admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        self._patiently(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(kept)))
        self._clones.discard(name)
        self._unlock(name)
        for old in self._databases(f"{self.prefix}kept_")[:-_KEPT_CLONES]:
            self.drop(old)
        return kept

    def kept_name(self, name: str) -> str:
        """Return what a clone is called once it is kept."""
        return name.replace(f"{self.prefix}clone_", f"{self.prefix}kept_")

    def kept_url(self, url: str) -> str:
        """Return the URL, without a password, that a clone has once it is kept."""
        kept = with_database(url, self.kept_name(str(conninfo_to_dict(url)["dbname"])))
        fields = conninfo_to_dict(kept)
        return kept if fields.pop("password", None) is None else make_conninfo("", **fields)

    def _copy(self, template: str, name: str) -> None:
        # FILE_COPY is faster for small databases, and the template is at rest (manual: CREATE DATABASE).
        strategy = " STRATEGY FILE_COPY" if self._admin.info.server_version >= 150000 else ""
        self._patiently(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}" + strategy).format(sql.Identifier(name), sql.Identifier(template))
        )

    def drop(self, name: str) -> None:
        """Drop a database that this module made for this project, and end its sessions."""
        self._check_own(name)
        self._admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        if name in self._clones:
            self._clones.remove(name)
            self._unlock(name)

    def _check_own(self, name: str) -> None:
        if not name.startswith(self.prefix):
            raise ValueError(f"{name!r} is not a scratch database of this project")

    def _hash(self, migrations: Sequence[Migration]) -> str:
        digest = hashlib.sha256(f"{_FORMAT} {self._admin.info.server_version}".encode())
        for migration in migrations:
            # What a file's marks make of it may change with this package while its text does not.
            said = f"{migration.style} {migration.is_transactional}"
            content = f"{migration.path.name}\0{said}\0{len(migration.up.sql)}\0{migration.up.sql}"
            digest.update(content.encode())
        return digest.hexdigest()[:12]

    def _new_name(self, kind: str) -> str:
        return f"{self.prefix}{kind}_{secrets.token_hex(6)}"

    def _use(self, name: str) -> bool:
        """Keep a template from being dropped by others while this session lives; False where there is none."""
        row = self._admin.execute(
            "SELECT pg_try_advisory_lock_shared(%s) FROM pg_database WHERE datname = %s",
            (_lock_key(name), name),
        ).fetchone()
        if row != (True,):
            return False
        self._used.add(name)
        return True

    def _build_once(self, name: str, migrations: Sequence[Migration], *, sealed: bool) -> None:
        turn = f"building {name}"
        # Polled: a session that blocks holds a snapshot, for which CREATE INDEX CONCURRENTLY may wait.
        while not self._try_lock(turn):
            time.sleep(_POLL_S)
        try:
            while not self._use(name):
                if name in self._databases(name):
                    # Another process is dropping it as an old one.
                    time.sleep(_POLL_S)
                else:
                    self._sweep()
                    self._build(name, migrations, sealed=sealed)
        finally:
            self._unlock(turn)

    def _build(self, name: str, migrations: Sequence[Migration], *, sealed: bool) -> None:
        """Make the database under another name, so that one with the final name is complete."""
        building = self._new_name("build")
        self._lock(building)
        try:
            self._patiently(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(building))
            )
            with _connect(self.url(building)) as conn:
                build_schema(conn, migrations)
            if sealed:
                # Before it has its name: it is sealed from the first moment that others can find it.
                self._admin.execute(
                    sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(sql.Identifier(building))
                )
            self._patiently(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(name))
            )
        except BaseException:
            self.drop(building)
            raise
        finally:
            self._unlock(building)

    def _drop_old(self, prefix: str) -> None:
        for name in self._databases(prefix)[:-_KEPT_TEMPLATES]:
            if name not in self._used:
                self._drop_unused(name)

    def _sweep(self) -> None:
        """Drop the clones and half-built databases of processes that are gone."""
        for kind in ("build", "clone"):
            for name in self._databases(f"{self.prefix}{kind}_"):
                if name not in self._clones:
                    self._drop_unused(name)

    def _drop_unused(self, name: str) -> None:
        if self._try_lock(name):
            try:
                self.drop(name)
            finally:
                self._unlock(name)

    def _databases(self, prefix: str) -> list[str]:
        """
        Return the databases whose names are this and a random number, in the order in which they were made.

        What others have made beside one, with a longer name, is theirs.
        """
        rows = self._admin.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %(prefix)s)"
            " AND substr(datname, length(%(prefix)s) + 1) ~ '^[0-9a-f]*$' ORDER BY oid",
            {"prefix": prefix},
        )
        return [name for (name,) in rows]

    def _patiently(self, command: sql.Composed) -> None:
        """Run a command that no other session may disturb, waiting some seconds for those that do."""
        deadline = time.monotonic() + _IN_USE_TIMEOUT_S
        while True:
            try:
                self._admin.execute(command)
                return
            except psycopg.errors.InsufficientPrivilege as error:
                message = str(error.diag.message_primary)
                raise ConfigError(f"{_shown(conninfo_to_dict(self._url))}: {message}") from None
            except psycopg.errors.ObjectInUse:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_POLL_S)

    def _try_lock(self, name: str) -> bool:
        row = self._admin.execute("SELECT pg_try_advisory_lock(%s)", (_lock_key(name),)).fetchone()
        return row == (True,)

    def _lock(self, name: str) -> None:
        self._admin.execute("SELECT pg_advisory_lock(%s)", (_lock_key(name),))

    def _unlock(self, name: str) -> None:
        if not self._admin.closed:
            self._admin.execute("SELECT pg_advisory_unlock(%s)", (_lock_key(name),))


def _lock_key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def _connect(url: str) -> psycopg.Connection:
    try:
        fields = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # Its message may quote the password.
        raise ConfigError("the scratch server's URL is not one that PostgreSQL's libpq understands") from None
    try:
        return psycopg.connect(
            url, autocommit=True, connect_timeout=int(fields.get("connect_timeout") or _CONNECT_TIMEOUT_S)
        )
    except psycopg.OperationalError as error:
        raise ServerUnreachable(f"{_shown(fields)}: {str(error).strip()}") from None


def _shown(fields: Mapping[str, object]) -> str:
    user, host = fields.get("user"), fields.get("host") or fields.get("hostaddr") or ""
    port = f":{fields['port']}" if fields.get("port") else ""
    return f"postgresql://{f'{user}@' if user else ''}{host}{port}/{fields.get('dbname') or ''}"


def with_database(url: str, dbname: str) -> str:
    match = _URL.fullmatch(url)
    if match is None:
        return make_conninfo(url, dbname=dbname)
    query = "&".join(part for part in (match[2] or "").split("&") if part and not part.startswith("dbname="))
    return f"{match[1]}/{dbname}{'?' if query else ''}{query}"
