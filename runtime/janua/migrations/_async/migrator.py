"""The migrator: a project's migrations, applied to a database and taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from janua.database import AsyncDatabase
from janua.database._async.session import AsyncSession
from janua.database.results import Result
from janua.errors import ConfigError, JanuaError, MigrationError, ServerUnreachable
from janua.migrations._async.ledger import AsyncLedger
from janua.migrations._async.runner import AsyncRunner
from janua.migrations._async.turn import turn
from janua.migrations.apply import down_section
from janua.migrations.checksums import checksum_of
from janua.migrations.creating import create_migration
from janua.migrations.files import Migration
from janua.migrations.folders import read_migrations
from janua.migrations.plan import MigrationStatus, applied_last, find, pending, statuses
from janua.migrations.progress import LoggedProgress, ProgressShown
from janua.migrations.records import DEFAULT_TABLE, Direction, Record, by_name, record_name, table_name
from janua.migrations.repairs import Repair, repairs
from janua.migrations.steps import MigrationStep
from janua.migrations.styles import Section
from janua.query import Query

_DISCARD = Query[None](name="migrator.discard", sql="DISCARD ALL", text=True, kept=False)


@dataclass(slots=True)
class _Bench:
    """What is at hand while the lock is held, and whether anything was run."""

    session: AsyncSession
    ledger: AsyncLedger
    files: Sequence[Migration]
    has_run: bool = False


class AsyncMigrator:
    """
    Applies migrations to a database and takes them back; a table in there says which ones are applied.

    ``migrations`` is a folder, or what ``tool.janua.migrations`` may be; it is read with each call. ``table`` is the
    tracking table, with or without its schema, which is made when the first migration runs.

    Each migration runs in a transaction of its own, which also records it. One with ``-- janua: no-transaction``, or
    with a statement that PostgreSQL runs only outside a transaction, runs statement by statement, and goes on where
    it has stopped. Of several migrators, in whatever processes, one works and the others wait, for
    ``patience`` seconds if that is given. A statement waits ``lock_timeout`` seconds for a lock, because all that
    come later wait behind it; then its migration is rolled back, and tried again, ``lock_attempts`` times in all.

    All methods raise MigrationError with the place of what is wrong, ConfigError for a name that there is not, and
    ServerUnreachable where the connection cannot be made or is lost: the table then tells what is done.
    """

    def __init__(
        self,
        db: AsyncDatabase,
        migrations: str | Path | Sequence[Path | Sequence[Path]] = "migrations",
        *,
        table: str = DEFAULT_TABLE,
        lock_timeout: float = 2.0,
        lock_attempts: int = 30,
        patience: float | None = None,
        progress: ProgressShown | None = None,
    ) -> None:
        """Raises ConfigError for what cannot be; nothing is read or connected yet."""
        if lock_timeout <= 0 or lock_attempts < 1:
            raise ConfigError("lock_timeout must be a number of seconds above 0, and lock_attempts at least 1")
        if db._pgbouncer:
            raise ConfigError("migrations hold a lock of their session: connect to PostgreSQL itself, not to PgBouncer")
        self._db = db
        self._sources = Path(migrations) if isinstance(migrations, str) else migrations
        self._table = table_name(table)
        self._lock_timeout = lock_timeout
        self._lock_attempts = lock_attempts
        self._patience = patience
        self._progress = LoggedProgress() if progress is None else progress

    async def up(
        self,
        *,
        to: str | None = None,
        steps: int | None = None,
        out_of_order: bool = False,
        dry_run: bool = False,
    ) -> list[MigrationStep]:
        """
        Apply what is pending, in order: all of it, up to the one called ``to``, or at most ``steps``.

        Refused where an applied one was edited or renamed, and, without ``out_of_order``, where one is pending that
        comes before an applied one. With ``dry_run`` nothing is done. Returns what was, or would be, done.
        """
        async with self._bench(changes=not dry_run) as bench:
            records = await bench.ledger.records()
            found = pending(bench.files, records, to=to, steps=steps, out_of_order=out_of_order)
            return await self._run(bench, "up", found, records, dry_run)

    async def down(self, *, steps: int = 1, to: str | None = None, dry_run: bool = False) -> list[MigrationStep]:
        """
        Take back the migration that was applied last, the last ``steps`` of them, or all after the one called ``to``.

        Raises MigrationError, before anything has run, where one has no DOWN section.
        """
        async with self._bench(changes=not dry_run) as bench:
            records = await bench.ledger.records()
            found = applied_last(bench.files, records, steps=steps, to=to)
            return await self._run(bench, "down", found, records, dry_run)

    async def redo(self, *, steps: int = 1, dry_run: bool = False) -> list[MigrationStep]:
        """Take back the migrations that were applied last, and apply them again."""
        async with self._bench(changes=not dry_run) as bench:
            records = await bench.ledger.records()
            found = applied_last(bench.files, records, steps=steps)
            done = await self._run(bench, "down", found, records, dry_run)
            return done + await self._run(bench, "up", found[::-1], [], dry_run)

    async def run(self, name: str, *, dry_run: bool = False) -> list[MigrationStep]:
        """Apply the migration of this name alone. Returns an empty list where it is applied already."""
        async with self._bench(changes=not dry_run) as bench:
            records = await bench.ledger.records()
            migration = find(bench.files, name)
            record = by_name(records).get(record_name(migration.path))
            if record is not None and record.under_way == "down":
                raise MigrationError(
                    f"{record.name}: is half taken back; complete that with `janua migrate down` first"
                )
            found = [migration] if record is None or record.under_way else []
            return await self._run(bench, "up", found, records, dry_run)

    async def status(self) -> list[MigrationStatus]:
        """Return how it stands with each migration, in order; those without a file are the last. Changes nothing."""
        async with self._bench(changes=False) as bench:
            return statuses(bench.files, await bench.ledger.records())

    async def baseline(self, *, to: str | None = None, dry_run: bool = False) -> list[MigrationStep]:
        """
        Record migrations as applied without running them: for a database that has their schema already.

        All that are pending, or those up to the one called ``to``.
        """
        async with self._bench(changes=not dry_run) as bench:
            records = await bench.ledger.records()
            found = pending(bench.files, records, to=to, out_of_order=True)
            for migration in () if dry_run else found:
                await bench.ledger.add(record_name(migration.path), checksum_of(migration), 0.0)
            return [MigrationStep(record_name(each.path), "up", "") for each in found]

    async def repair(
        self,
        *,
        forget: Sequence[str] = (),
        done: Sequence[str] = (),
        undone: Sequence[str] = (),
        dry_run: bool = False,
    ) -> list[Repair]:
        """
        Correct the tracking table, and nothing else; returns what was, or would be, corrected.

        Files that were edited or renamed after they were applied are recorded as they are now. The records that
        ``forget`` names are removed. ``done`` and ``undone`` name migrations that have stopped in a statement which
        no transaction can hold, and say what became of that.
        """
        async with self._bench(changes=not dry_run) as bench:
            records = await bench.ledger.records()
            found = repairs(bench.files, records, forget=forget, done=done, undone=undone)
            for each in () if dry_run else found:
                await self._correct(bench.ledger, each)
            return found

    def create(self, name: str) -> list[Path]:
        """
        Write the files for a new migration, of the next number, and return them: one, or two for some other tools.

        They are in the style of those that are there. Raises ConfigError where there is no single folder to write to.
        """
        return create_migration(self._sources, name)

    async def _correct(self, ledger: AsyncLedger, repair: Repair) -> None:
        if repair.kind == "forget":
            await ledger.remove(repair.name)
        elif repair.kind in ("done", "undone"):
            await ledger.advance(repair.name, repair.done, repair.checksum)
        else:
            await ledger.correct(repair.name, repair.new_name, repair.checksum)

    async def _run(
        self,
        bench: _Bench,
        direction: Direction,
        migrations: Sequence[Migration],
        records: Sequence[Record],
        dry_run: bool,
    ) -> list[MigrationStep]:
        # All sections, before the first one runs.
        sections = [self._section(each, direction) for each in migrations]
        planned = [
            MigrationStep(record_name(each.path), direction, section.sql.strip())
            for each, section in zip(migrations, sections, strict=True)
        ]
        if dry_run:
            return planned
        known = by_name(records)
        runner = AsyncRunner(bench.session, bench.ledger, self._lock_timeout, self._lock_attempts)
        done = []
        bench.has_run = bench.has_run or bool(migrations)
        for migration, step in zip(migrations, planned, strict=True):
            with self._progress.step(step.label) as shown:
                ms = await runner.run(migration, direction, known.get(step.name), shown)
            done.append(step.took(ms))
        return done

    @staticmethod
    def _section(migration: Migration, direction: Direction) -> Section:
        return migration.up if direction == "up" else down_section(migration)

    @asynccontextmanager
    async def _bench(self, *, changes: bool) -> AsyncIterator[_Bench]:
        """Read the files, and connect; with the lock, and a tracking table, where anything is to be changed."""
        files = read_migrations(self._sources)
        if not changes:
            async with self._session() as session:
                yield _Bench(session, await AsyncLedger.find(session, self._table), files)
            return
        bench = None
        try:
            async with self._session() as session:
                ledger = await AsyncLedger.find(session, self._table)
                async with turn(session, ledger.shown, self._progress, self._patience):
                    await ledger.make()
                    bench = _Bench(session, ledger, files)
                    yield bench
        except BaseException:
            # What outlives a failed one, nobody knows either; but why it has failed matters more.
            with suppress(ServerUnreachable):
                await self._outdate(bench)
            raise
        await self._outdate(bench)

    async def _outdate(self, bench: _Bench | None) -> None:
        """Have the database's cache forget everything, where anything was run: what migrations write nobody knows."""
        caching = self._db._pool.caching
        if caching is None or bench is None or not bench.has_run:
            return
        try:
            await caching.cache.invalidate()
        except ServerUnreachable as error:
            done = "the migrations are done, but the cache was not told, and may give what is outdated"
            raise ServerUnreachable(f"{done}: {error}") from error

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[AsyncSession]:
        async with self._db._hold() as session:
            try:
                yield session
            except psycopg.Error as error:
                raise _unexpected(session, error) from error
            finally:
                if not session.closed and session.is_idle():
                    # What migrations leave behind in a session is not for the pool.
                    await session.run(_DISCARD, (), Result.ignore)


def _unexpected(session: AsyncSession, error: psycopg.Error) -> JanuaError:
    """What is raised for an error outside the migrations themselves."""
    reason = " ".join(str(error).split())
    if session.closed:
        return ServerUnreachable(f"the connection to the server is lost: {reason}")
    return MigrationError(f"the tracking table: {reason}")
